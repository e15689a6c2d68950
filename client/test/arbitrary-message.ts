import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Type as Type } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";

/** Values of a message as a caller writes them: each field may be left out. */
export function arbitraryMessage({ fields }: DescMessage): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.localName, arbitraryField(field)])), {
    requiredKeys: [],
    noNullPrototype: true,
  });
}

function arbitraryField(field: DescField): fc.Arbitrary<unknown> {
  const one = field.message === undefined ? arbitraryScalar(field.proto.type) : arbitraryMessage(field.message);
  return field.fieldKind === "list" ? fc.array(one, { maxLength: 5 }) : one;
}

const int32 = fc.oneof(fc.integer({ min: -1, max: 1 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const uint32 = fc.oneof(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const int64 = fc.oneof(fc.bigInt(-1n, 1n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n));
const uint64 = fc.oneof(fc.bigInt(0n, 1n), fc.bigInt(0n, 2n ** 64n - 1n));
// Long texts and bytes too: their length takes two bytes and more, and short texts have a way of their own.
const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 60 }), fc.string({ minLength: 120, maxLength: 140 }));

function arbitraryScalar(type: Type): fc.Arbitrary<unknown> {
  switch (type) {
    case Type.STRING:
      return text;
    case Type.BYTES:
      return fc.uint8Array({ maxLength: 140 });
    case Type.BOOL:
      return fc.boolean();
    case Type.DOUBLE:
      return fc.double();
    case Type.FLOAT:
      return fc.float();
    case Type.UINT32:
    case Type.FIXED32:
      return uint32;
    case Type.INT64:
    case Type.SINT64:
    case Type.SFIXED64:
      return int64;
    case Type.UINT64:
    case Type.FIXED64:
      return uint64;
    default:
      // An enumeration too: proto3 knows of no value that it may not have.
      return int32;
  }
}
