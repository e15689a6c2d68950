import { createRunner } from "../run-behaviour.ts";
import type { Surroundings } from "../suite/behaviour.ts";

/** One case to run, as a line of JSON. */
export interface Order {
  readonly group: string;
  readonly name: string;
}

/**
 * Runs a case for each line that comes in and answers its outcome in a line. Ends when no more lines can come: whether the process ends
 * then shows whether anything still waits in it.
 */
export async function serveLines(
  input: ReadableStream<Uint8Array>,
  write: (line: string) => void,
  surroundings: Surroundings,
): Promise<void> {
  const run = createRunner(surroundings);
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of input) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      // The lines are those of `runProcess`.
      const { group, name } = JSON.parse(text.slice(0, end)) as Order;
      text = text.slice(end + 1);
      write(JSON.stringify(await run(group, name)));
    }
  }
}
