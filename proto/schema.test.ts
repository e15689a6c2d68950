import { readFileSync } from "node:fs";
import type { DescEnum, DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { file_cluster, file_e6x_engine } from "e6data-web/proto";
import { describe, expect, it } from "vitest";

const contract = readFileSync(new URL("contract.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

/** The contract's block for one file: a declaration and its indented lines, sorted, since their order means nothing. */
function blocks(lines: readonly string[]): string[] {
  const found: string[][] = [];
  for (const line of lines) {
    if (line.startsWith("  ")) found.at(-1)?.push(line);
    else found.push([line]);
  }
  return found.map((block) => block.join("\n")).sort();
}

function contractOf(file: string): string[] {
  const start = contract.indexOf(`file ${file}`);
  const end = contract.findIndex((line, i) => i > start && line.startsWith("file "));
  return blocks(contract.slice(start + 1, end < 0 ? undefined : end));
}

function fieldLine(field: DescField): string {
  const repeated = field.fieldKind === "list";
  const optional = field.proto.proto3Optional && field.presence !== undefined;
  const type = field.message?.typeName ?? field.enum?.typeName ?? ScalarType[field.scalar ?? 0]?.toLowerCase();
  return `  ${field.number} ${repeated ? "repeated " : optional ? "optional " : ""}${type} ${field.name}`;
}

function messageLines(message: DescMessage): string[] {
  const reserved = message.proto.reservedRange.map((range) => ({
    number: range.start,
    line: `  ${range.start} reserved`,
  }));
  const fields = message.fields.map((field) => ({ number: field.number, line: fieldLine(field) }));
  const lines = [...fields, ...reserved].sort((a, b) => a.number - b.number).map(({ line }) => line);
  return [
    `message ${message.typeName}`,
    ...lines,
    ...message.nestedMessages.flatMap(messageLines),
    ...message.nestedEnums.flatMap(enumLines),
  ];
}

function enumLines(desc: DescEnum): string[] {
  return [`enum ${desc.typeName}`, ...desc.values.map((value) => `  ${value.number} ${value.name}`)];
}

function schemaOf(file: DescFile): string[] {
  const services = file.services.flatMap((service) => [
    `service ${service.typeName}`,
    ...service.methods.map((method) => `  ${method.name} ${method.input.typeName} ${method.output.typeName}`),
  ]);
  return blocks([...file.messages.flatMap(messageLines), ...file.enums.flatMap(enumLines), ...services]);
}

describe("the schema", () => {
  it.each([
    ["cluster.proto", file_cluster],
    ["e6x_engine.proto", file_e6x_engine],
  ] as const)("%s says what the wire contract says, no more and no less", (name, file) => {
    expect(schemaOf(file)).toEqual(contractOf(name));
  });

  it("lives in the empty package and streams nothing", () => {
    for (const file of [file_cluster, file_e6x_engine]) {
      expect(file.proto.package).toBe("");
      for (const service of file.services) {
        expect(service.methods.map((method) => method.methodKind)).toEqual(service.methods.map(() => "unary"));
      }
    }
  });
});
