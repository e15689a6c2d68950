import process from "node:process";
import { Readable } from "node:stream";
import type { Surroundings } from "../suite/behaviour.ts";
import { serveLines } from "./serve-lines.ts";

// Bytes come out of a process's input; what Node's types say of its web streams is wider.
const input = Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>;
// What `startProcess` writes.
const surroundings = JSON.parse(process.argv[2] ?? "") as Surroundings;
await serveLines(input, (line) => process.stdout.write(`${line}\n`), surroundings);
