#!/usr/bin/env node
/**
 * A plugin of the protobuf compiler: writes, beside what protobuf-es generates, the types, methods and tables of fields that the
 * client's own small codec reads (client/src/protobuf).
 */
import { createEcmaScriptPlugin, runNodeJs } from "@bufbuild/protoplugin";
import { printFile } from "./print-file.mjs";

runNodeJs(
  createEcmaScriptPlugin({
    name: "protoc-gen-tables",
    version: "v1",
    generateTs(schema) {
      for (const file of schema.files) printFile(schema.generateFile(`${file.name}_tables.ts`), file);
    },
  }),
);
