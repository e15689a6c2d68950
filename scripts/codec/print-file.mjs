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
 * Prints what the methods of a file need: a type for each message, the enumerations, and each method as a constant of its own, with
 * the tables of its messages, so that a bundle holds only what is called.
 *
 * @param {GeneratedFile} out
 * @param {DescFile} file
 */
export function printFile(out, file) {
  const methods = file.services.flatMap((service) => service.methods);
  const messages = messagesOf(methods);
  out.preamble(file);
  out.print('import type { Method } from "../protobuf/schema.ts";');
  for (const description of enumsOf(messages)) printEnum(out, description);
  for (const message of messages) printMessage(out, message);
  for (const { name, typeName } of file.services) out.print(`\nconst ${name} = "${typeName}";`);
  for (const method of methods) printMethod(out, method);
}

/**
 * Prints each number as a constant of its own: an object of them would be in a bundle with all its names.
 *
 * @param {GeneratedFile} out
 * @param {DescEnum} description
 */
function printEnum(out, description) {
  const name = nameOf(description);
  out.print();
  out.print("// Or another number, where the other end knows more of them: proto3 lets it pass.");
  out.print(out.jsDoc(description));
  out.print(`export type ${name} = ${description.values.map(({ number }) => number).join(" | ")};`);
  for (const { localName, number } of description.values) {
    out.print(`/** One of {@link ${name}}. */`);
    out.print(`export const ${name}_${localName} = ${number};`);
  }
}

/** @param {GeneratedFile} out @param {DescMessage} message */
function printMessage(out, message) {
  const name = nameOf(message);
  out.print();
  out.print(out.jsDoc(message));
  out.print(`export interface ${name} {`);
  for (const { name, type, often } of fieldsOf(message)) {
    const one = typeof type === "string" ? type : nameOf(type);
    out.print(`  readonly ${name}${often === "?" ? "?" : ""}: ${often === "[]" ? `${one}[]` : one};`);
  }
  out.print("}");
}

/**
 * The table of a message. It is written out wherever it is needed: compressed, a repeated table costs a page less than a name for it.
 *
 * @param {DescMessage} message
 * @returns {string}
 */
function tableOf(message) {
  const fields = fieldsOf(message).map(({ number, name, holds, often }) => {
    const held = typeof holds === "string" ? JSON.stringify(holds) : tableOf(holds);
    const rest = often === "" ? (holds === "string" ? "" : `, ${held}`) : `, ${held}, "${often}"`;
    return `[${number}, "${name}"${rest}]`;
  });
  return `[${fields.join(", ")}]`;
}

/** @param {GeneratedFile} out @param {DescMethod} method */
function printMethod(out, { name, parent, input, output }) {
  const [sent, answered] = [nameOf(input), nameOf(output)];
  out.print();
  out.print(`/** @generated from rpc ${parent.typeName}.${name} */`);
  out.print(`export const ${safeIdentifier(name)}: Method<${sent}, ${answered}> = {`);
  out.print(`  service: ${parent.name},`);
  out.print(`  name: "${name}",`);
  out.print(`  input: ${tableOf(input)},`);
  out.print(`  output: ${tableOf(output)},`);
  out.print("};");
}

/** The name of a message or an enumeration in the generated code. @param {DescMessage | DescEnum} description */
function nameOf({ typeName, file }) {
  const { package: within } = file.proto;
  return (within === "" ? typeName : typeName.slice(within.length + 1)).replaceAll(".", "_");
}
