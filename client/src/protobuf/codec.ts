import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Field, Held, Init, Scalar, Table } from "./schema.ts";

/** The wire type of a scalar; of all others it is a varint. */
const wireTypes: Readonly<Partial<Record<Scalar, WireType>>> = {
  bytes: WireType.LengthDelimited,
  string: WireType.LengthDelimited,
  double: WireType.Bit64,
  fixed64: WireType.Bit64,
  sfixed64: WireType.Bit64,
  float: WireType.Bit32,
  fixed32: WireType.Bit32,
  sfixed32: WireType.Bit32,
};

/**
 * Writes a message of proto3. Throws for a value that its field cannot hold.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function encode<M extends object>(table: Table<M>, message: Init<M>): Uint8Array {
  const writer = new BinaryWriter();
  writeMessage(writer, table, message);
  return writer.finish();
}

/**
 * Reads a message of proto3. Fields that the table does not know are skipped. Bytes are views of the input, not copies.
 * Throws for what is no such message: cut off, of the wrong wire type, not UTF-8.
 */
export function decode<M extends object>(table: Table<M>, bytes: Uint8Array): M {
  // The table describes an M: both are generated from one message of the schema.
  return readMessage(table, bytes) as M;
}

function writeMessage(writer: BinaryWriter, table: Table<unknown>, message: object): void {
  for (const [number, name, holds = "string", often] of table) {
    const value: unknown = Reflect.get(message, name);
    if (value === undefined) continue;
    if (often === "[]") {
      if (!Array.isArray(value)) throw new Error(`${name} is no list`);
      writeList(writer, number, holds, value);
    } else if (often === "?" || !isZero(value, holds)) {
      writeValue(writer.tag(number, wireTypeOf(holds)), holds, value);
    }
  }
}

function writeList(writer: BinaryWriter, number: number, holds: Held, items: readonly unknown[]): void {
  const wireType = wireTypeOf(holds);
  if (wireType === WireType.LengthDelimited) {
    for (const item of items) writeValue(writer.tag(number, wireType), holds, item);
  } else if (items.length > 0) {
    writer.tag(number, WireType.LengthDelimited).fork();
    for (const item of items) writeValue(writer, holds, item);
    writer.join();
  }
}

function writeValue(writer: BinaryWriter, holds: Held, value: unknown): void {
  if (typeof holds === "string") {
    Reflect.apply(writer[holds], writer, [value]);
  } else if (typeof value === "object" && value !== null) {
    writeMessage(writer.fork(), holds, value);
    writer.join();
  } else {
    throw new Error(`${String(value)} is no message`);
  }
}

type Message = Record<string, unknown>;

/** Reads into `message`, where there is one: proto3 merges what comes twice. */
function readMessage(table: Table<unknown>, bytes: Uint8Array, message = emptyMessage(table)): Message {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = table.find(([known]) => known === number);
    if (field === undefined) reader.skip(wireType, number);
    else readField(reader, field, wireType, message);
  }
  return message;
}

function readField(
  reader: BinaryReader,
  [, name, holds = "string", often]: Field,
  wireType: WireType,
  message: Message,
): void {
  const before = message[name];
  const isPacked = wireType !== wireTypeOf(holds);
  if (isPacked && !(often === "[]" && wireType === WireType.LengthDelimited)) {
    throw new Error(`the field ${name} has the wrong wire type`);
  }
  if (!Array.isArray(before)) {
    message[name] = readValue(reader, holds, before);
  } else if (isPacked) {
    const items = new BinaryReader(reader.bytes());
    while (items.pos < items.len) before.push(readValue(items, holds));
  } else {
    before.push(readValue(reader, holds));
  }
}

function readValue(reader: BinaryReader, holds: Held, before?: unknown): unknown {
  if (typeof holds !== "string") {
    // What stands there was read by the same table.
    return readMessage(holds, reader.bytes(), before as Message | undefined);
  }
  return holds === "string" ? reader.string(true) : reader[holds]();
}

function emptyMessage(table: Table<unknown>): Message {
  const message: Message = {};
  for (const [, name, holds = "string", often] of table) {
    if (often !== "?") message[name] = often === "[]" ? [] : zeroOf(holds);
  }
  return message;
}

function wireTypeOf(holds: Held): WireType {
  return typeof holds === "string" ? (wireTypes[holds] ?? WireType.Varint) : WireType.LengthDelimited;
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
