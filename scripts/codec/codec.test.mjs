import { create, createFileRegistry } from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { fieldsOf } from "./fields-of.mjs";
import { enumsOf, messagesOf } from "./messages-of.mjs";

/** @typedef {import("@bufbuild/protobuf").MessageInitShape<typeof FileDescriptorProtoSchema>} File */

const text = { name: "some_text", number: 1, type: Type.STRING, label: Label.OPTIONAL };

/**
 * A schema as the compiler describes it.
 *
 * @param {File} file
 */
function compile(file) {
  const whole = create(FileDescriptorProtoSchema, { name: "test.proto", syntax: "proto3", ...file });
  return createFileRegistry(whole, () => undefined);
}

/** @param {File} file */
function messageIn(file) {
  const message = compile(file).getMessage("M");
  if (message === undefined) throw new Error("no message M");
  return message;
}

describe("fieldsOf()", () => {
  it("orders the fields by number and tells what each holds, and how often", () => {
    const message = messageIn({
      enumType: [{ name: "E", value: [{ name: "ZERO", number: 0 }] }],
      messageType: [
        { name: "Inner" },
        {
          name: "M",
          field: [
            { name: "e", number: 3, type: Type.ENUM, typeName: ".E", label: Label.OPTIONAL },
            { name: "inner", number: 4, type: Type.MESSAGE, typeName: ".Inner", label: Label.OPTIONAL },
            { ...text, name: "maybe", number: 2, proto3Optional: true, oneofIndex: 0 },
            { name: "all", number: 5, type: Type.SINT64, label: Label.REPEATED },
            text,
          ],
          oneofDecl: [{ name: "_maybe" }],
        },
      ],
    });
    const fields = fieldsOf(message).map(({ number, name, holds, often }) => [number, name, String(holds), often]);
    expect(fields).toEqual([
      [1, "someText", "string", ""],
      [2, "maybe", "string", "?"],
      [3, "e", "int32", ""],
      [4, "inner", "message Inner", "?"],
      [5, "all", "sint64", "[]"],
    ]);
  });

  it("refuses one of several", () => {
    const field = [{ ...text, oneofIndex: 0 }];
    const message = messageIn({ messageType: [{ name: "M", field, oneofDecl: [{ name: "one" }] }] });
    expect(() => fieldsOf(message)).toThrow("one of several");
  });

  it("refuses a type that no field of the engine has", () => {
    const field = [{ name: "d", number: 1, type: Type.DOUBLE, label: Label.OPTIONAL }];
    expect(() => fieldsOf(messageIn({ messageType: [{ name: "M", field }] }))).toThrow("of another type");
  });

  it("refuses a map", () => {
    const value = { name: "value", number: 2, type: Type.STRING, label: Label.OPTIONAL };
    const entry = { name: "MapEntry", options: { mapEntry: true }, field: [{ ...text, name: "key" }, value] };
    const field = [{ name: "map", number: 1, type: Type.MESSAGE, typeName: ".M.MapEntry", label: Label.REPEATED }];
    expect(() => fieldsOf(messageIn({ messageType: [{ name: "M", field, nestedType: [entry] }] }))).toThrow("a map");
  });

  it("refuses a group", () => {
    const field = [{ name: "g", number: 1, type: Type.GROUP, typeName: ".M.G", label: Label.OPTIONAL }];
    const file = { syntax: "proto2", messageType: [{ name: "M", field, nestedType: [{ name: "G" }] }] };
    expect(() => fieldsOf(messageIn(file))).toThrow("a group");
  });
});

describe("messagesOf()", () => {
  /** @param {{ in?: string, out?: string, serverStreaming?: boolean }} method @param {NonNullable<File["messageType"]>} messageType */
  const methodsOf = (method, messageType) => {
    const { in: input = "M", out = "M", ...more } = method;
    const service = { name: "S", method: [{ name: "m", inputType: `.${input}`, outputType: `.${out}`, ...more }] };
    const described = compile({ messageType, service: [service] }).getService("S");
    if (described === undefined) throw new Error("no service S");
    return described.methods;
  };
  /** @param {string} name @param {string[]} inner */
  const holding = (name, ...inner) => ({
    name,
    field: inner.map((type, i) => ({
      name: `f${i}`,
      number: i + 1,
      type: Type.MESSAGE,
      typeName: `.${type}`,
      label: Label.OPTIONAL,
    })),
  });

  it("names each message once, those inside first, and none that no method carries", () => {
    const methods = methodsOf({ in: "A", out: "B" }, [
      holding("A", "B", "C"),
      holding("B", "C"),
      holding("C"),
      holding("Unused"),
    ]);
    const messages = messagesOf(methods);
    expect(messages.map(({ name }) => name)).toEqual(["C", "B", "A"]);
    expect(enumsOf(messages)).toEqual([]);
  });

  it("refuses a message that holds itself", () => {
    expect(() => messagesOf(methodsOf({}, [holding("M", "N"), holding("N", "M")]))).toThrow("holds itself");
  });

  it("refuses a method that streams", () => {
    expect(() => messagesOf(methodsOf({ serverStreaming: true }, [holding("M")]))).toThrow("streams");
  });
});
