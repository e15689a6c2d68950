import type { WireCursor } from "./wire-cursor.ts";

/** Types of the Thrift binary protocol, by the number that stands for them on the wire. */
export const thriftType = {
  stop: 0,
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

/** A type whose values all take the same number of bytes → that number. */
export const fixedSizes: Readonly<Record<number, number>> = {
  [thriftType.bool]: 1,
  [thriftType.byte]: 1,
  [thriftType.i16]: 2,
  [thriftType.i32]: 4,
  [thriftType.i64]: 8,
  [thriftType.double]: 8,
  [thriftType.uuid]: 16,
};

/** Any type → the fewest bytes that a value of it takes. */
const smallestSizes: Readonly<Record<number, number>> = {
  ...fixedSizes,
  [thriftType.string]: 4,
  [thriftType.struct]: 1,
  [thriftType.map]: 6,
  [thriftType.set]: 5,
  [thriftType.list]: 5,
};

/** The name of a type, for error messages. */
export function thriftTypeName(type: number): string {
  const entry = Object.entries(thriftType).find(([, number]) => number === type);
  return entry ? entry[0] : `type ${type}`;
}

/**
 * Walks the fields of a struct to its stop byte. `readField` reads the field's value and returns true, or returns false for a field
 * that it does not know: that one is skipped, whatever its type.
 */
export function readStruct(cursor: WireCursor, depth: number, readField: (id: number, type: number) => boolean): void {
  for (;;) {
    const type = cursor.readUint8("a field's type");
    if (type === thriftType.stop) return;
    const id = cursor.readInt16("a field's number");
    if (!readField(id, type)) skipValue(cursor, type, depth);
  }
}

/** Checks that a field has the type that the schema gives it. */
export function expectType(cursor: WireCursor, actual: number, expected: number, what: string): void {
  if (actual !== expected) {
    throw cursor.source.malformed(
      cursor.position,
      `${what} is a ${thriftTypeName(actual)}, not a ${thriftTypeName(expected)}`,
    );
  }
}

/** Reads a field that is an i32, once that is seen to be its type. */
export function readInt32Field(cursor: WireCursor, actual: number, what: string): number {
  expectType(cursor, actual, thriftType.i32, what);
  return cursor.readInt32(what);
}

/** Reads a list's header: how many elements follow. They are known to be of type `element` and to fit into the input. */
export function readListHeader(cursor: WireCursor, element: number, what: string): number {
  const actual = cursor.readUint8(`the element type of ${what}`);
  const count = cursor.readCount(`the length of ${what}`);
  // Some encoders write type 0 for a list without elements.
  if (count > 0) expectType(cursor, actual, element, `an element of ${what}`);
  cursor.assertHolds(count, smallestSizes[element] ?? 1, what);
  return count;
}

/** Steps over a value of any type. `depth` is how many levels of containers may still be entered. */
export function skipValue(cursor: WireCursor, type: number, depth: number): void {
  const size = fixedSizes[type];
  if (size !== undefined) {
    cursor.take(size, `a ${thriftTypeName(type)}`);
    return;
  }
  if (type === thriftType.string) {
    cursor.take(cursor.readCount("the length of a string"), "a string");
    return;
  }
  if (depth <= 0)
    throw cursor.source.malformed(cursor.position, "an unknown field nests deeper than the limit maxDepth");
  if (type === thriftType.struct) {
    readStruct(cursor, depth - 1, () => false);
  } else if (type === thriftType.list || type === thriftType.set) {
    skipElements(cursor, [cursor.readUint8("an element type")], depth - 1);
  } else if (type === thriftType.map) {
    skipElements(cursor, [cursor.readUint8("a key type"), cursor.readUint8("a value type")], depth - 1);
  } else {
    throw cursor.source.malformed(cursor.position, `${type} is not the number of a Thrift type`);
  }
}

/** Steps over a count and that many elements; an element is one value of each of `types`. */
function skipElements(cursor: WireCursor, types: readonly number[], depth: number): void {
  const count = cursor.readCount("the length of a container");
  if (count === 0) return;
  let smallest = 0;
  let fixed = true;
  for (const type of types) {
    const size = smallestSizes[type];
    if (size === undefined) {
      throw cursor.source.malformed(cursor.position, `${type} is not the number of a Thrift type`);
    }
    smallest += size;
    fixed &&= type in fixedSizes;
  }
  cursor.assertHolds(count, smallest, "a container");
  if (fixed) {
    cursor.take(count * smallest, "a container");
    return;
  }
  for (let index = 0; index < count; index++) {
    for (const type of types) skipValue(cursor, type, depth);
  }
}
