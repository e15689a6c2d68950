import { isUtf8 } from "node:buffer";
import { type Container, type Leaf, readTree, type Struct, type Tree, thriftTypes } from "./thrift-tree.ts";

/**
 * What a value is, as a text that two decoders can agree on: the exact value's parts. Null is null; a cell that nobody can read, such as text
 * that is not UTF-8, is `unreadable`.
 */
export type ReferenceCell = string | null | typeof unreadable;

/** A cell whose bytes are no value. */
export const unreadable: unique symbol = Symbol("unreadable");

/** A batch as the reference reads it. */
export interface ReferenceBatch {
  readonly rowCount: number;
  readonly columns: readonly ReferenceColumn[];
}

/** A column as the reference reads it. */
export interface ReferenceColumn {
  readonly type: string;
  readonly cells: readonly ReferenceCell[];
}

/** Why the reference refuses a batch. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Levels from which on a decoder may refuse what it would skip. The client counts from where a field stands, and so is not exact to two. */
const deepest = 60;

const vectorTypes =
  "BINARY BOOLEAN DOUBLE FLOAT INT96 INTEGER LONG STRING DATE DATETIME TIMESTAMP STRUCT MAP ARRAY NULL TIMESTAMP_TZ DECIMAL128 INTERVAL_DAY_SECOND".split(
    " ",
  );

/** The members of the union `Data`: the type of `data`, whether it is a list, and what field 2 is. */
const members: Readonly<Record<number, readonly [type: number, list: boolean, second?: "scale" | "zones"]>> = {
  1: [2, true],
  2: [8, true],
  3: [10, true],
  4: [10, true],
  5: [4, true],
  6: [4, true],
  7: [11, true],
  8: [2, false],
  9: [10, false],
  10: [3, false],
  11: [10, false],
  12: [4, false],
  13: [3, false],
  14: [10, false, "zones"],
  15: [11, false],
  16: [10, true, "zones"],
  17: [11, true, "scale"],
  18: [11, false, "scale"],
};

/** Vector type → the union's members for a list and for a constant. */
const membersOf: Readonly<Record<string, readonly [list: number, constant: number]>> = {
  BINARY: [7, 15],
  BOOLEAN: [1, 8],
  DOUBLE: [6, 12],
  FLOAT: [5, 12],
  INTEGER: [2, 11],
  LONG: [3, 11],
  STRING: [7, 15],
  DATE: [4, 9],
  DATETIME: [16, 14],
  TIMESTAMP: [16, 14],
  STRUCT: [7, 15],
  MAP: [7, 15],
  ARRAY: [7, 15],
  TIMESTAMP_TZ: [16, 14],
  DECIMAL128: [17, 18],
  INTERVAL_DAY_SECOND: [3, 11],
};

/**
 * Reads a batch a second way: with the `thrift` library's protocol into a tree of all values, and from there by the rules of the format, one
 * value after the other. Slow, and with nothing of the client's in it.
 *
 * Beyond what Thrift's generated readers demand it asks for what the client does: no bytes behind the end, bools of 0 or 1, known fields of
 * their types, one member in a union, counts that agree. Of a field that comes twice the last one counts.
 *
 * @returns `"either"` where the input nests so deep that a decoder may refuse it or not
 * @throws Refusal, NoTree or an error of the library's where the bytes are no batch
 */
export function readReferenceBatch(bytes: Uint8Array, columnCount: number, maxRows: number): ReferenceBatch | "either" {
  if (bytes.length === 0) return { rowCount: 0, columns: ended(columnCount) };
  const { tree, levels } = readTree(bytes);
  if (levels > deepest) return "either";
  let size: number | undefined;
  let vectors: readonly Tree[] = [];
  for (const { id, type, value } of tree.fields) {
    if (id === 1) size = countOf(expect(type, thriftTypes.i32, value));
    if (id === 2) {
      vectors = listOf(value, type, thriftTypes.struct);
      if (vectors.length > 0 && vectors.length !== columnCount) throw new Refusal("not as many vectors as columns");
      // Refused here and not only where it counts: a later list in its place makes good for nothing.
      for (const vector of vectors) readVector(vector as Struct);
    }
  }
  if (size === undefined || size > maxRows) throw new Refusal("no size, or none that may be");
  if (size === 0 && vectors.length === 0) return { rowCount: 0, columns: ended(columnCount) };
  if (vectors.length !== columnCount) throw new Refusal("not as many vectors as columns");
  const columns = vectors.map((vector) => readColumn(readVector(vector as Struct), size));
  return { rowCount: size, columns };
}

function ended(columnCount: number): ReferenceColumn[] {
  return Array.from({ length: columnCount }, () => ({ type: "NULL", cells: [] }));
}

/** The union's one member that is known. */
interface Member {
  readonly id: number;
  readonly values: readonly Leaf[];
  readonly scale: number | undefined;
  readonly zones: readonly Leaf[];
}

interface Vector {
  readonly size: number;
  readonly type: string;
  readonly constant: boolean;
  readonly nulls: readonly boolean[];
  readonly member: Member | undefined;
}

function readVector(tree: Struct): Vector {
  let size: number | undefined;
  let number: number | undefined;
  let nulls: readonly boolean[] = [];
  let constant = false;
  let member: Member | undefined;
  let nullLeaves: readonly Tree[] = [];
  for (const { id, type, value } of tree.fields) {
    if (id === 1) size = int32Of(expect(type, thriftTypes.i32, value));
    if (id === 2) number = int32Of(expect(type, thriftTypes.i32, value));
    if (id === 3) nullLeaves = listOf(value, type, thriftTypes.bool);
    if (id === 4) member = readUnion(expect(type, thriftTypes.struct, value) as Struct);
    if (id === 5) constant = boolOf(expect(type, thriftTypes.bool, value));
  }
  if (size === undefined || number === undefined) throw new Refusal("a vector without size or type");
  nulls = nullLeaves.map(boolOf);
  if (nulls.length > 0 && nulls.length !== (constant ? 1 : size)) throw new Refusal("a nullSet of another size");
  const type = vectorTypes[number];
  if (type === undefined || type === "INT96") throw new Refusal("a type that cannot be read");
  return { size, type, constant, nulls, member };
}

function readUnion(tree: Struct): Member | undefined {
  let found: Member | undefined;
  for (const { id, type, value } of tree.fields) {
    if (members[id] === undefined) continue;
    if (found !== undefined) throw new Refusal("two members in a union");
    found = readMember(id, expect(type, thriftTypes.struct, value) as Struct);
  }
  return found;
}

function readMember(id: number, tree: Struct): Member {
  const [element = 0, isList = false, second] = members[id] ?? [];
  let values: readonly Tree[] | undefined;
  let scale: number | undefined;
  let zones: readonly Tree[] = [];
  for (const { id: fieldId, type, value } of tree.fields) {
    if (fieldId === 1) values = isList ? listOf(value, type, element) : [expect(type, element, value)];
    if (fieldId === 2 && second === "scale") scale = int32Of(expect(type, thriftTypes.i32, value));
    if (fieldId === 2 && second === "zones") {
      zones = isList ? listOf(value, type, thriftTypes.string) : [expect(type, thriftTypes.string, value)];
    }
  }
  if (values === undefined) throw new Refusal("a member without data");
  // Neither the values nor the zones have parts: their types were looked at.
  return { id, values: values as readonly Leaf[], scale, zones: zones as readonly Leaf[] };
}

function readColumn({ size, type, constant, nulls, member }: Vector, rowCount: number): ReferenceColumn {
  if (size !== rowCount) throw new Refusal("a vector of another size");
  const allNull = () => Array.from({ length: rowCount }, () => null);
  if (type === "NULL" || (constant && nulls[0])) return { type, cells: allNull() };
  if (member === undefined || member.id !== membersOf[type]?.[constant ? 1 : 0])
    throw new Refusal("no data of the type");
  const { values, zones, scale } = member;
  if (!constant && values.length !== rowCount) throw new Refusal("not as many values as rows");
  if (zones.length > 0 && zones.length !== values.length) throw new Refusal("not as many zones as values");
  if (type === "BOOLEAN") values.forEach(boolOf);
  if (scale !== undefined && type === "DECIMAL128") checkDecimals(values, scale, nulls);
  if (type === "INTEGER" && constant) checkInt32(values[0]);
  const cells = values.map((value, row) => (nulls[row] ? null : cellOf(type, value, scale, zones[row])));
  return { type, cells: constant ? Array.from({ length: rowCount }, () => cells[0] ?? null) : cells };
}

function checkDecimals(values: readonly Leaf[], scale: number, nulls: readonly boolean[]): void {
  if (Math.abs(scale) > 1000) throw new Refusal("a scale that nobody needs");
  values.forEach(({ bytes }, row) => {
    if (!nulls[row] && (bytes.length < 1 || bytes.length > 16)) throw new Refusal("a decimal of no size");
  });
}

function checkInt32(value: Leaf | undefined): void {
  const number = value ? int64Of(value) : 0n;
  if (number < -(2n ** 31n) || number >= 2n ** 31n) throw new Refusal("an INTEGER beyond 32 bits");
}

function cellOf(type: string, leaf: Leaf, scale: number | undefined, zone: Leaf | undefined): ReferenceCell {
  const bytes = Buffer.from(leaf.bytes);
  switch (type) {
    case "BINARY":
      return `bytes ${bytes.toString("hex")}`;
    case "BOOLEAN":
      return `boolean ${bytes[0] === 1}`;
    case "DOUBLE":
      return `number ${numberText(bytes.readDoubleBE())}`;
    case "FLOAT":
      return `number ${numberText(Float32Array.of(bytes.readDoubleBE())[0] ?? 0)}`;
    case "INTEGER":
      return `number ${bytes.readInt32BE(bytes.length - 4)}`;
    case "LONG":
      return `bigint ${int64Of(leaf)}`;
    case "DATE":
      return `date ${int64Of(leaf)}`;
    case "INTERVAL_DAY_SECOND":
      return `interval ${int64Of(leaf)}`;
    case "DECIMAL128":
      return scale === undefined ? decimalOfText(bytes) : `decimal ${signedOf(bytes)} ${scale}`;
    case "STRING":
    case "STRUCT":
    case "MAP":
    case "ARRAY":
      return isUtf8(bytes) ? `text ${bytes.toString()}` : unreadable;
    default:
      return momentOf(leaf, zone);
  }
}

function momentOf(leaf: Leaf, zone: Leaf | undefined): ReferenceCell {
  if (zone === undefined) return `moment ${int64Of(leaf)}`;
  const bytes = Buffer.from(zone.bytes);
  return isUtf8(bytes) ? `moment ${int64Of(leaf)} ${bytes.toString()}` : unreadable;
}

function signedOf(bytes: Buffer): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`));
}

function decimalOfText(bytes: Buffer): ReferenceCell {
  const text = bytes.toString();
  if (!isUtf8(bytes) || text.length > 3000 || !/^[+-]?(\d+\.?|\d*\.\d+)(e[+-]?\d{1,5})?$/i.test(text))
    return unreadable;
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 1000) return unreadable;
  const digits = BigInt((whole + fraction).replace(/^[+-]/, ""));
  return `decimal ${text.startsWith("-") ? -digits : digits} ${scale}`;
}

/** A number as a text that tells -0 from 0. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : `${value}`;
}

function expect(actual: number, wanted: number, value: Tree): Tree {
  if (actual !== wanted) throw new Refusal("a known field of another type");
  return value;
}

function listOf(value: Tree, type: number, element: number): readonly Tree[] {
  const list = expect(type, thriftTypes.list, value) as Container;
  if (list.elements.length > 0 && list.elementTypes[0] !== element) throw new Refusal("a list of another type");
  return list.elements;
}

function int32Of(value: Tree): number {
  return Buffer.from((value as Leaf).bytes).readInt32BE();
}

function countOf(value: Tree): number {
  const count = int32Of(value);
  if (count < 0) throw new Refusal("a negative count");
  return count;
}

function int64Of(value: Leaf): bigint {
  return Buffer.from(value.bytes).readBigInt64BE();
}

function boolOf(value: Tree): boolean {
  const byte = (value as Leaf).bytes[0] ?? 2;
  if (byte > 1) throw new Refusal("a bool that is neither");
  return byte === 1;
}

/** Metadata as the reference reads them. */
export interface ReferenceMetadata {
  readonly rowCount: number;
  readonly fields: readonly (readonly string[])[];
}

/** Reads metadata a second way. @throws Refusal or a RangeError of Buffer's where the bytes are none. */
export function readReferenceMetadata(bytes: Uint8Array): ReferenceMetadata {
  const buffer = Buffer.from(bytes);
  const rowCount = buffer.readBigInt64BE(0);
  const count = buffer.readInt32BE(8);
  if (rowCount > 2n ** 53n || count < 0 || count > 65_536) throw new Refusal("a count that cannot be");
  let at = 12;
  const readText = () => {
    const end = at + 2 + buffer.readUInt16BE(at);
    const text = buffer.subarray(at + 2, end);
    if (end > buffer.length || !isUtf8(text)) throw new Refusal("no text");
    at = end;
    return text.toString();
  };
  const fields: (readonly string[])[] = [];
  for (let index = 0; index < count; index++) fields.push([readText(), readText(), readText(), readText()]);
  if (at !== buffer.length) throw new Refusal("something follows");
  return { rowCount: Number(rowCount), fields };
}
