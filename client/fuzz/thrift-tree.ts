import { TBinaryProtocol, TFramedTransport } from "thrift";

/** Numbers of Thrift's types on the wire. */
export const thriftTypes = {
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
  uuid: 16,
} as const;

/** A value of one of the types of a fixed size, or a string: its bytes as they are. */
export interface Leaf {
  readonly kind: "leaf";
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Of a string: what is written in place of its true length. */
  readonly length?: number;
}

/** A struct, with its fields as they stand. */
export interface Struct {
  readonly kind: "struct";
  readonly type: 12;
  readonly fields: readonly Field[];
}

/** A field of a struct. `type` is the type that is written for it, whatever the value is. */
export interface Field {
  readonly id: number;
  readonly type: number;
  readonly value: Tree;
}

/** A list, a set, or a map, whose keys and values are all elements. */
export interface Container {
  readonly kind: "container";
  readonly type: 13 | 14 | 15;
  readonly elementTypes: readonly number[];
  readonly elements: readonly Tree[];
  /** What is written in place of the true count. */
  readonly count?: number;
}

/** Any Thrift value. */
export type Tree = Leaf | Struct | Container;

/** Why a text is no tree: what is at odds in it, or `"deep"` where it nests deeper than anybody has to follow. */
export class NoTree extends Error {
  override readonly name = "NoTree";
}

/** Levels that a tree may have. Beyond the client's own limit, so that both sides of that are seen. */
const maxLevels = 200;

const sizes: Readonly<Record<number, number>> = { 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8, 16: 16 };

/**
 * Reads a struct with the `thrift` library's protocol, all fields alike, known or not. It makes every value, one by one, and checks no schema.
 *
 * @returns the struct and how deep it nests
 * @throws NoTree or an error of the library's for bytes that are no struct, or have something behind it
 */
export function readTree(bytes: Uint8Array): { tree: Struct; levels: number } {
  const transport = new TFramedTransport(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const input = new TBinaryProtocol(transport);
  let levels = 0;
  const enter = (level: number) => {
    if (level > maxLevels) throw new NoTree("deep");
    levels = Math.max(levels, level);
  };
  const readStruct = (level: number): Struct => {
    enter(level);
    const fields: Field[] = [];
    for (;;) {
      const { ftype, fid } = input.readFieldBegin();
      // The library's numbers are those of the wire.
      const type: number = ftype;
      if (type === 0) return { kind: "struct", type: 12, fields };
      fields.push({ id: fid, type, value: read(type, level + 1) });
    }
  };
  const readContainer = (type: 13 | 14 | 15, level: number): Container => {
    enter(level);
    const elementTypes = type === thriftTypes.map ? [input.readByte(), input.readByte()] : [input.readByte()];
    const count = input.readI32();
    if (count < 0) throw new NoTree("a negative count");
    const elements: Tree[] = [];
    for (let index = 0; index < count; index++)
      for (const element of elementTypes) elements.push(read(element, level + 1));
    return { kind: "container", type, elementTypes, elements };
  };
  const read = (type: number, level: number): Tree => {
    if (type === 12) return readStruct(level);
    if (type === 13 || type === 14 || type === 15) return readContainer(type, level);
    if (type === 11) return { kind: "leaf", type, bytes: input.readBinary() };
    const size = sizes[type];
    if (size === undefined) throw new NoTree(`no type ${type}`);
    return { kind: "leaf", type, bytes: transport.read(size) };
  };
  const tree = readStruct(0);
  assertEnd(transport);
  return { tree, levels };
}

function assertEnd(transport: TFramedTransport): void {
  try {
    transport.readByte();
  } catch {
    // The library's only way to tell that nothing is left.
    return;
  }
  throw new NoTree("something follows");
}

/** Writes a struct, with whatever lies it holds about lengths, counts and types. */
export function writeTree(tree: Struct): Uint8Array {
  const out: Uint8Array[] = [];
  write(tree, out);
  return Uint8Array.from(Buffer.concat(out));
}

function write(tree: Tree, out: Uint8Array[]): void {
  if (tree.kind === "leaf") {
    if (tree.type === thriftTypes.string) out.push(int32(tree.length ?? tree.bytes.length));
    out.push(tree.bytes);
  } else if (tree.kind === "struct") {
    for (const { id, type, value } of tree.fields) {
      out.push(Uint8Array.of(type, id >> 8, id));
      write(value, out);
    }
    out.push(Uint8Array.of(0));
  } else {
    out.push(Uint8Array.from(tree.elementTypes), int32(tree.count ?? tree.elements.length / tree.elementTypes.length));
    for (const element of tree.elements) write(element, out);
  }
}

/** Four bytes, the highest first. */
export function int32(value: number): Uint8Array {
  return Uint8Array.of(value >> 24, value >> 16, value >> 8, value);
}
