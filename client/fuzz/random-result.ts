import type { Random } from "./random.ts";
import { type Field, type Leaf, type Struct, type Tree, thriftTypes, writeTree } from "./thrift-tree.ts";

const { bool, byte, double, i16, i32, i64, string, list } = thriftTypes;

/** A result as an engine sends it: metadata and one batch. */
export interface WireResult {
  readonly metadata: Uint8Array;
  readonly batch: Uint8Array;
}

/** How a vector type travels: its number, its element, and the union members of its lists and its constants. */
interface VectorKind {
  readonly name: string;
  readonly number: number;
  readonly value: (random: Random) => Leaf;
  readonly member: number;
  readonly constantMember: number;
  readonly constantValue?: (random: Random) => Leaf;
}

const kinds: readonly VectorKind[] = [
  { name: "BINARY", number: 0, value: randomBytes, member: 7, constantMember: 15 },
  { name: "BOOLEAN", number: 1, value: (random) => leaf(bool, [random.below(2)]), member: 1, constantMember: 8 },
  { name: "DOUBLE", number: 2, value: randomDouble, member: 6, constantMember: 12 },
  { name: "FLOAT", number: 3, value: randomDouble, member: 5, constantMember: 12 },
  { name: "INTEGER", number: 5, value: randomInt32, member: 2, constantMember: 11, constantValue: smallInt64 },
  { name: "LONG", number: 6, value: randomInt64, member: 3, constantMember: 11 },
  { name: "STRING", number: 7, value: randomText, member: 7, constantMember: 15 },
  { name: "DATE", number: 8, value: randomInt64, member: 4, constantMember: 9 },
  { name: "DATETIME", number: 9, value: randomInt64, member: 16, constantMember: 14 },
  { name: "TIMESTAMP", number: 10, value: randomInt64, member: 16, constantMember: 14 },
  { name: "STRUCT", number: 11, value: randomText, member: 7, constantMember: 15 },
  { name: "MAP", number: 12, value: randomText, member: 7, constantMember: 15 },
  { name: "ARRAY", number: 13, value: randomText, member: 7, constantMember: 15 },
  { name: "TIMESTAMP_TZ", number: 15, value: randomInt64, member: 16, constantMember: 14 },
  { name: "DECIMAL128", number: 16, value: randomUnscaled, member: 17, constantMember: 18 },
  { name: "INTERVAL_DAY_SECOND", number: 17, value: randomInt64, member: 3, constantMember: 11 },
];

/** Texts that mean something to a reader of UTF-8, of CSV, or of zones and decimals. */
const texts = [
  "",
  "a",
  "é",
  "日本",
  "😀",
  "\ufeff",
  '"',
  ",",
  "\r\n",
  "\n",
  "'",
  "=1",
  "\0",
  "null",
  "\u2028",
  "x".repeat(200),
];
const zones = ["Z", "UTC", "+05:30", "-04:56:02", "Europe/Berlin", "Mars/Olympus", "", "+99:00"];
const decimals = ["0", "-1.50", "1e10", "1E-30", ".5", "5.", "+7", "12345678901234567890123456789012345678"];

/** A well-formed result of a few columns and rows, each column of any type, with nulls, constants and fields that nobody knows. */
export function randomResult(random: Random): WireResult {
  const rowCount = random.chance(0.05) ? 0 : random.below(random.chance(0.1) ? 150 : 12);
  const columns = Array.from({ length: random.below(5) }, () => random.pick([...kinds, undefined]));
  const batch: Struct = struct([
    field(1, int32Leaf(rowCount)),
    field(
      2,
      container(
        12,
        columns.map((kind) => vector(random, kind, rowCount)),
      ),
    ),
    ...unknownFields(random),
  ]);
  return { metadata: metadata(random, columns, rowCount), batch: writeTree(batch) };
}

function metadata(random: Random, columns: readonly (VectorKind | undefined)[], rowCount: number): Uint8Array {
  const parts: Uint8Array[] = [bigEndian(8, (view) => view.setBigInt64(0, BigInt(rowCount)))];
  parts.push(bigEndian(4, (view) => view.setInt32(0, columns.length)));
  for (const kind of columns) {
    for (const text of [random.pick(texts), kind?.name ?? "NULL", random.pick(zones), ""]) {
      const bytes = new TextEncoder().encode(text);
      parts.push(Uint8Array.of(bytes.length >> 8, bytes.length), bytes);
    }
  }
  return Uint8Array.from(Buffer.concat(parts));
}

function vector(random: Random, kind: VectorKind | undefined, rowCount: number): Struct {
  const constant = kind === undefined || random.chance(0.25);
  const nullShare = random.pick([0, 0, 0.3, 1]);
  const nulls = Array.from({ length: constant ? 1 : rowCount }, () => leaf(bool, [random.chance(nullShare) ? 1 : 0]));
  const fields: Field[] = [
    field(1, int32Leaf(rowCount)),
    field(2, int32Leaf(kind?.number ?? 14)),
    field(3, container(bool, nullShare === 0 && random.chance(0.5) ? [] : nulls)),
    field(4, struct([...data(random, kind, constant, rowCount), ...unknownFields(random)])),
    field(5, leaf(bool, [constant ? 1 : 0])),
    ...unknownFields(random),
  ];
  return struct(fields);
}

function data(random: Random, kind: VectorKind | undefined, constant: boolean, rowCount: number): Field[] {
  if (kind === undefined) return [field(10, struct([field(1, leaf(byte, [0]))]))];
  const asText = kind.name === "DECIMAL128" && random.chance(0.2);
  const value = asText ? () => text(random.pick(decimals)) : () => kind.value(random);
  const fields: Field[] = [
    constant
      ? field(1, kind.constantValue?.(random) ?? value())
      : field(1, container(value().type, Array.from({ length: rowCount }, value))),
  ];
  if (kind.name === "DECIMAL128" && !asText) fields.push(field(2, int32Leaf(random.pick([0, 2, 18, 38, -3, 1000]))));
  if (kind.name === "TIMESTAMP_TZ" && random.chance(0.8)) {
    const zone = () => text(random.pick(zones));
    fields.push(field(2, constant ? zone() : container(string, Array.from({ length: rowCount }, zone))));
  }
  return [field(constant ? kind.constantMember : kind.member, struct([...fields, ...unknownFields(random)]))];
}

function unknownFields(random: Random): Field[] {
  return random.chance(0.05) ? [field(20 + random.below(1000), randomTree(random, random.below(8)))] : [];
}

/** Any value, nested at most so deep; it branches at one level only. */
export function randomTree(random: Random, depth: number): Tree {
  if (depth === 0 || random.chance(0.02)) return randomLeaf(random);
  const child = randomTree(random, depth - 1);
  const type = random.pick([12, 12, 13, 14, 15] as const);
  if (type === 12) return struct([field(1, child), field(random.below(99), randomLeaf(random))]);
  if (type !== 13) return { kind: "container", type, elementTypes: [child.type], elements: [child] };
  const key = randomLeaf(random);
  return { kind: "container", type, elementTypes: [key.type, child.type], elements: [key, child] };
}

/** A value of any type without parts. */
export function randomLeaf(random: Random): Leaf {
  return random.pick([
    randomBytes,
    randomText,
    randomDouble,
    randomInt32,
    randomInt64,
    (from: Random) => leaf(bool, [from.pick([0, 0, 0, 1, 1, 1, 2])]),
    (from: Random) => leaf(byte, [from.below(256)]),
    (from: Random) => leaf(i16, from.bytes(2)),
    (from: Random) => leaf(16, from.bytes(16)),
  ])(random);
}

function randomBytes(random: Random): Leaf {
  return leaf(string, random.bytes(random.below(12)));
}

function randomText(random: Random): Leaf {
  return text(Array.from({ length: random.below(4) }, () => random.pick(texts)).join(""));
}

function randomDouble(random: Random): Leaf {
  const value = random.pick([0, -0, 1.5, Number.NaN, Infinity, -Infinity, 5e-324, 1e300, 2 ** 53, random.uint32() / 7]);
  return leaf(
    double,
    bigEndian(8, (view) => view.setFloat64(0, value)),
  );
}

function randomInt32(random: Random): Leaf {
  return int32Leaf(random.pick([0, 1, -1, 2 ** 31 - 1, -(2 ** 31), random.uint32() | 0]));
}

function randomInt64(random: Random): Leaf {
  const any = random.int64();
  const edges = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -(2n ** 53n), 253_402_300_800_000_000n];
  return int64Leaf(random.pick([...edges, any, any >> BigInt(random.below(64)), any >> 8n]));
}

function smallInt64(random: Random): Leaf {
  return int64Leaf(BigInt(random.uint32() | 0));
}

function randomUnscaled(random: Random): Leaf {
  return leaf(string, random.bytes(random.chance(0.7) ? 16 : 1 + random.below(16)));
}

function int32Leaf(value: number): Leaf {
  return leaf(
    i32,
    bigEndian(4, (view) => view.setInt32(0, value)),
  );
}

function int64Leaf(value: bigint): Leaf {
  return leaf(
    i64,
    bigEndian(8, (view) => view.setBigInt64(0, value)),
  );
}

function text(value: string): Leaf {
  return leaf(string, new TextEncoder().encode(value));
}

function leaf(type: number, bytes: ArrayLike<number>): Leaf {
  return { kind: "leaf", type, bytes: Uint8Array.from(bytes) };
}

function struct(fields: readonly Field[]): Struct {
  return { kind: "struct", type: 12, fields };
}

function field(id: number, value: Tree): Field {
  return { id, type: value.type, value };
}

function container(elementType: number, elements: readonly Tree[]): Tree {
  return { kind: "container", type: list, elementTypes: [elementType], elements };
}

function bigEndian(length: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}
