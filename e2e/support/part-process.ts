import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A program of the repository that runs as a process of its own. */
export interface PartProcess {
  /** Where it answers. */
  readonly url: string;
  /** Tells it by the end of the IPC channel to stop, and resolves when it has. */
  close(): Promise<void>;
}

/** What a part tells its parent over IPC. */
interface ReadyMessage {
  readonly ready: { readonly url: string };
}

/** Starts a part as `npm start` does. Rejects with the part's own words if it ends before it is ready. */
export async function startPart(entry: string, args: readonly string[]): Promise<PartProcess> {
  const child = fork(entry, args, { cwd: repository, execArgv: ["--conditions=e6data-source"], silent: true });
  const ended = once(child, "exit");
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const ready = await Promise.race([once(child, "message"), ended.then(() => undefined)]);
  if (ready === undefined) throw new Error(`${entry} ended before it was ready: ${said}`);
  return {
    // Every part of the repository sends this message, and this one first.
    url: (ready[0] as ReadyMessage).ready.url,
    async close() {
      child.disconnect();
      await ended;
    },
  };
}
