import { safeIdentifier } from "@bufbuild/protoplugin";
import { fieldsOf } from "./fields-of.mjs";
import { enumsOf, messagesOf } from "./messages-of.mjs";

/**
 * @typedef {import("@bufbuild/protobuf").DescEnum} DescEnum
 * @typedef {import("@bufbuild/protobuf").DescFile} DescFile
 * @typedef {import("@bufbuild/protobuf").DescMessage} DescMessage
 * @typedef {import("@bufbuild/protobuf").DescMethod} DescMethod
 * @typedef {import("@bufbuild/protoplugin").GeneratedFile} GeneratedFile
 */

/**
 * Prints what the methods of a file need: a type and a table for each message, the enumerations, and each method as a constant of its
 * own, so that a bundle holds only what is called.
 *
 * @param {GeneratedFile} out
 * @param {DescFile} file
 */
export function printFile(out, file) {
  const methods = file.services.flatMap((service) => service.methods);
  const messages = messagesOf(methods);
  out.preamble(file);
  out.print('import type { Method, Table } from "../protobuf/schema.ts";');
  for (const description of enumsOf(messages)) printEnum(out, description);
  for (const message of messages) printMessage(out, message);
  for (const { name, typeName } of file.services) out.print(`\nconst ${name} = "${typeName}";`);
  for (const method of methods) printMethod(out, method);
}

/** @param {GeneratedFile} out @param {DescEnum} description */
function printEnum(out, description) {
  const name = nameOf(description);
  out.print();
  out.print(out.jsDoc(description));
  out.print(`export const ${name} = {`);
  for (const { localName, number } of description.values) out.print(`  ${localName}: ${number},`);
  out.print("} as const;");
  out.print("/** One of these numbers, or another where the other end knows more of them: proto3 lets it pass. */");
  out.print(`export type ${name} = (typeof ${name})[keyof typeof ${name}];`);
}

/** @param {GeneratedFile} out @param {DescMessage} message */
function printMessage(out, message) {
  const name = nameOf(message);
  const fields = fieldsOf(message);
  out.print();
  out.print(out.jsDoc(message));
  out.print(`export interface ${name} {`);
  for (const { name, type, often } of fields) {
    const one = typeof type === "string" ? type : nameOf(type);
    out.print(`  readonly ${name}${often === "?" ? "?" : ""}: ${often === "[]" ? `${one}[]` : one};`);
  }
  out.print("}");
  out.print(`const ${name}: Table<${name}> = [`);
  for (const { number, name, holds, often } of fields) {
    const held = typeof holds === "string" ? JSON.stringify(holds) : nameOf(holds);
    const rest = often === "" ? (holds === "string" ? "" : `, ${held}`) : `, ${held}, "${often}"`;
    out.print(`  [${number}, "${name}"${rest}],`);
  }
  out.print("];");
}

/** @param {GeneratedFile} out @param {DescMethod} method */
function printMethod(out, { name, parent, input, output }) {
  const [sent, answered] = [nameOf(input), nameOf(output)];
  out.print();
  out.print(`/** @generated from rpc ${parent.typeName}.${name} */`);
  out.print(`export const ${safeIdentifier(name)}: Method<${sent}, ${answered}> = {`);
  out.print(`  service: ${parent.name},`);
  out.print(`  name: "${name}",`);
  out.print(`  input: ${sent},`);
  out.print(`  output: ${answered},`);
  out.print("};");
}

/** The name of a message or an enumeration in the generated code. @param {DescMessage | DescEnum} description */
function nameOf({ typeName, file }) {
  const { package: within } = file.proto;
  return (within === "" ? typeName : typeName.slice(within.length + 1)).replaceAll(".", "_");
}
