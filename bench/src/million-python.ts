import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Subject } from "./measure.ts";

/** The Python connector, running beside us: it measures itself, one way of reading at a time. */
export interface MillionPython {
  /** "all" holds all rows at the same time; "in turn" reads and drops them, one after the other. */
  subject(name: string, way: "all" | "in turn"): Subject;
  close(): Promise<void>;
}

/** What the peer is to read, and from where. */
export interface MillionOrder {
  /** The port of a stack. */
  readonly port: number;
  readonly sql: string;
  /** Rows of a batch, and of the whole result. */
  readonly rowsOfBatch: number;
  readonly rowCount: number;
}

/** Starts a Python that signs in and waits, so that starting it counts for nothing. */
export function startMillionPython(python: string, order: MillionOrder): MillionPython {
  const { port, sql, rowsOfBatch, rowCount } = order;
  const script = join(import.meta.dirname, "million_python.py");
  const args = [script, String(port), sql, String(rowsOfBatch)];
  const child = spawn(python, args, { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, "exit");
  return {
    subject: (name, way) => ({
      name,
      measure: async () => {
        child.stdin.write(`${way}\n`);
        const { value, done } = await answers.next();
        const [milliseconds, rows] = done ? [] : value.split(" ").map(Number);
        if (milliseconds === undefined || rows !== rowCount) throw new Error(`${name}: not all rows were read`);
        return milliseconds;
      },
    }),
    close: async () => {
      child.stdin.end();
      await exit;
    },
  };
}
