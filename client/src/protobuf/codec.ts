import { concatBytes } from "../concat-bytes.ts";
import { ByteReader } from "./byte-reader.ts";
import type { Field, Held, Init, Table } from "./schema.ts";
import { fromBits, toBits } from "./whole-number.ts";
import { delimited, varint, type WireType } from "./wire-type.ts";

/**
 * Writes a message of proto3: what the table has a field for. Throws for a value that its field cannot hold.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function encode<M extends object>(table: Table<M>, message: Init<M>): Uint8Array {
  return writeMessage(table, message);
}

/**
 * Reads a message of proto3. Fields that the table does not know are skipped. Bytes are views of the input, not copies.
 * Throws for what is no such message: cut off, of the wrong wire type, not UTF-8.
 */
export function decode<M extends object>(table: Table<M>, bytes: Uint8Array): M {
  // The table describes an M: both are generated from one message of the schema.
  return readMessage(new ByteReader(bytes), bytes.length, table) as M;
}

function writeMessage(table: Table<unknown>, message: object): Uint8Array {
  return concatBytes(table.flatMap((field) => writeField(field, Reflect.get(message, field[1]))));
}

function writeField([number, name, holds = "string", often]: Field, value: unknown): readonly Uint8Array[] {
  if (value === undefined || (often === undefined && isZero(value, holds))) return [];
  if (often !== "[]") return writeTagged(number, wireTypeOf(holds), writeValue(holds, value));
  if (!Array.isArray(value)) throw new Error(`${name} is no list`);
  const items = value.map((item) => writeValue(holds, item));
  if (wireTypeOf(holds) === delimited) return items.flatMap((item) => writeTagged(number, delimited, item));
  return items.length > 0 ? writeTagged(number, delimited, concatBytes(items)) : [];
}

function writeTagged(number: number, type: WireType, bytes: Uint8Array): readonly Uint8Array[] {
  const tag = writeVarint(BigInt(number * 8 + type));
  return type === delimited ? [tag, writeVarint(BigInt(bytes.length)), bytes] : [tag, bytes];
}

function writeVarint(bits: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = bits;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

function writeValue(holds: Held, value: unknown): Uint8Array {
  if (typeof holds !== "string") {
    if (typeof value !== "object" || value === null) throw new Error("what is given is no message");
    return writeMessage(holds, value);
  }
  if (holds === "string") return new TextEncoder().encode(String(value));
  if (holds !== "bytes") return writeVarint(holds === "bool" ? BigInt(Boolean(value)) : toBits(holds, value));
  if (!(value instanceof Uint8Array)) throw new Error("what is given is no bytes");
  return value;
}

type Message = Record<string, unknown>;

/** Reads up to `end`, into `message` where there is one: proto3 merges what comes twice. */
function readMessage(reader: ByteReader, end: number, table: Table<unknown>, message = emptyMessage(table)): Message {
  readUpTo(reader, end, () => {
    const [number, type] = reader.tag();
    const field = table.find(([known]) => known === number);
    if (field === undefined) reader.skip(number, type);
    else readField(reader, field, type, message);
  });
  return message;
}

/** Reads one after the other until `end`, which the last has to meet. */
function readUpTo(reader: ByteReader, end: number, readOne: () => void): void {
  while (reader.position < end) readOne();
  if (reader.position > end) throw new Error("the message ends in the middle of a field");
}

function readField(
  reader: ByteReader,
  [, name, holds = "string", often]: Field,
  type: WireType,
  message: Message,
): void {
  const before = message[name];
  const isPacked = type !== wireTypeOf(holds);
  if (isPacked && !(often === "[]" && type === delimited)) throw new Error(`${name} has the wire type ${type}`);
  if (!Array.isArray(before)) {
    message[name] = readValue(reader, holds, before);
  } else if (isPacked) {
    readUpTo(reader, reader.end(), () => before.push(readValue(reader, holds)));
  } else {
    before.push(readValue(reader, holds));
  }
}

function readValue(reader: ByteReader, holds: Held, before?: unknown): unknown {
  if (typeof holds !== "string") {
    // What stands there was read by the same table.
    return readMessage(reader, reader.end(), holds, before as Message | undefined);
  }
  if (holds === "string") return reader.text();
  if (holds === "bytes") return reader.bytes();
  const bits = reader.varint();
  return holds === "bool" ? bits !== 0n : fromBits(holds, bits);
}

function emptyMessage(table: Table<unknown>): Message {
  const message: Message = {};
  for (const [, name, holds = "string", often] of table) {
    if (often !== "?") message[name] = often === "[]" ? [] : zeroOf(holds);
  }
  return message;
}

function wireTypeOf(holds: Held): WireType {
  return typeof holds !== "string" || holds === "string" || holds === "bytes" ? delimited : varint;
}

function isZero(value: unknown, holds: Held): boolean {
  return value instanceof Uint8Array ? value.length === 0 : Object.is(value, zeroOf(holds));
}

function zeroOf(holds: Held): unknown {
  if (holds === "string") return "";
  if (holds === "bool") return false;
  if (holds === "bytes") return new Uint8Array();
  return String(holds).endsWith("64") ? 0n : 0;
}
