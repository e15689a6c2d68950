/**
 * The client in a process of its own, of Node or of Deno: reads a result each time a line says how, and answers with the milliseconds it took
 * and the rows seen. Called with the order as JSON.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { createReader, type ReadingOrder, type ReadingWay } from "./million-reader.ts";

// Only million-rows.ts starts this process, and writes to it.
const read = await createReader(JSON.parse(process.argv[2] ?? "") as ReadingOrder);
for await (const way of createInterface({ input: process.stdin })) {
  console.log((await read(way as ReadingWay)).join(" "));
}
process.exit();
