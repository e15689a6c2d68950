import type { Surroundings } from "../suite/behaviour.ts";
import { serveLines } from "./serve-lines.ts";

/** The part of Deno that is used. */
declare const Deno: {
  readonly args: readonly string[];
  readonly stdin: { readonly readable: ReadableStream<Uint8Array> };
};

// What `startProcess` writes.
const surroundings = JSON.parse(Deno.args[0] ?? "") as Surroundings;
await serveLines(Deno.stdin.readable, (line) => console.log(line), surroundings);
