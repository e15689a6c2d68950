import { create, createFileRegistry, type DescField, type DescMessage } from "@bufbuild/protobuf";
import {
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import type { Field, Scalar, Table } from "../src/protobuf/schema.ts";

/** The scalar types that the codec knows, by the numbers that a descriptor has for them. */
const scalars: ReadonlyMap<FieldDescriptorProto_Type, Scalar> = new Map([
  [FieldDescriptorProto_Type.INT64, "int64"],
  [FieldDescriptorProto_Type.INT32, "int32"],
  [FieldDescriptorProto_Type.BOOL, "bool"],
  [FieldDescriptorProto_Type.STRING, "string"],
  [FieldDescriptorProto_Type.BYTES, "bytes"],
  [FieldDescriptorProto_Type.ENUM, "int32"],
  [FieldDescriptorProto_Type.SINT32, "sint32"],
  [FieldDescriptorProto_Type.SINT64, "sint64"],
]);

/** All other scalar types of protobuf: the codec has to pass over them. */
export const otherScalars: readonly FieldDescriptorProto_Type[] = [
  FieldDescriptorProto_Type.DOUBLE,
  FieldDescriptorProto_Type.FLOAT,
  FieldDescriptorProto_Type.UINT64,
  FieldDescriptorProto_Type.FIXED64,
  FieldDescriptorProto_Type.FIXED32,
  FieldDescriptorProto_Type.UINT32,
  FieldDescriptorProto_Type.SFIXED32,
  FieldDescriptorProto_Type.SFIXED64,
];

/** The table of a message, read off the compiler's own descriptor: not by the code that generates tables. */
export function tableOf({ fields }: DescMessage): Table<object> {
  return fields.map(fieldOf).sort(([a], [b]) => a - b);
}

function fieldOf(field: DescField): Field {
  const { number, localName, message, proto } = field;
  const holds = message === undefined ? scalars.get(proto.type) : tableOf(message);
  if (holds === undefined) throw new Error(`${field}: no table knows this type`);
  const often = oftenOf(proto);
  if (often !== undefined) return [number, localName, holds, often];
  return holds === "string" ? [number, localName] : [number, localName, holds];
}

function oftenOf({ label, type, proto3Optional }: FieldDescriptorProto): Field[3] {
  if (label === FieldDescriptorProto_Label.REPEATED) return "[]";
  return proto3Optional || type === FieldDescriptorProto_Type.MESSAGE ? "?" : undefined;
}

const { OPTIONAL, REPEATED } = FieldDescriptorProto_Label;

/**
 * A message with fields of every scalar type that the codec knows, and of `more`: one that may not be absent, one that may, a list; and
 * messages inside it. Its lists of numbers are packed, or written one by one.
 */
export function everyScalar(packed: boolean, more: readonly FieldDescriptorProto_Type[] = []): DescMessage {
  const types = [...scalars.keys(), ...more].filter((type) => type !== FieldDescriptorProto_Type.ENUM);
  const plain = types.map((type, i) => ({ name: `plain_${type}`, number: i + 1, type, label: OPTIONAL }));
  // Large numbers: their tags take two bytes and more.
  const optional = types.map((type, i) => ({
    name: `maybe_${type}`,
    number: i + 100,
    type,
    label: OPTIONAL,
    proto3Optional: true,
    oneofIndex: i,
  }));
  const lists = types.map((type, i) => ({
    name: `list_${type}`,
    number: i + 10_000,
    type,
    label: REPEATED,
    ...(type !== FieldDescriptorProto_Type.STRING &&
      type !== FieldDescriptorProto_Type.BYTES && { options: { packed } }),
  }));
  const inner = { type: FieldDescriptorProto_Type.MESSAGE, typeName: ".Inner" };
  const name = "EveryScalar";
  const file = create(FileDescriptorProtoSchema, {
    name: "every_scalar.proto",
    syntax: "proto3",
    messageType: [
      { name: "Inner", field: lists.concat(plain) },
      {
        name,
        field: [
          ...plain,
          ...optional,
          ...lists,
          { ...inner, name: "inner", number: 50, label: OPTIONAL },
          { ...inner, name: "inners", number: 51, label: REPEATED },
        ],
        oneofDecl: optional.map((field) => ({ name: `_${field.name}` })),
      },
    ],
  });
  const message = createFileRegistry(file, () => undefined).getMessage(name);
  if (message === undefined) throw new Error(`no message ${name}`);
  return message;
}
