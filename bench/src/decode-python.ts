import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DecodeInput } from "./decode-input.ts";
import type { Subject } from "./measure.ts";

/** The Python connector, running beside us and waiting to be asked. */
export interface PythonPeer {
  /** The connector's own way to rows. */
  readonly rows: Subject;
  /** Its Thrift library alone, in C: Python lists, no rows. */
  readonly thrift: Subject;
  close(): Promise<void>;
}

/** Starts a Python that holds the batch in memory and measures itself, so that starting it counts for nothing. */
export function startPythonPeer(python: string, input: DecodeInput): PythonPeer {
  const script = join(import.meta.dirname, "decode_python.py");
  const child = spawn(python, [script, input.metadataPath, input.batchPath], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, "exit");

  async function ask(way: string): Promise<number> {
    child.stdin.write(`${way}\n`);
    const answer = await answers.next();
    if (answer.done) throw new Error("the Python peer ended by itself: see its message above");
    return Number(answer.value);
  }

  return {
    rows: { name: "Python connector, rows", measure: () => ask("rows") },
    thrift: { name: "Python thrift (C), lists", measure: () => ask("thrift") },
    close: async () => {
      child.stdin.end();
      await exit;
    },
  };
}
