import { fork, type Serializable } from "node:child_process";
import { once } from "node:events";
import type { CannedResult } from "@e6data-web/mock";

/** What the mock is to send for which statement. */
export interface ReplayOrder {
  readonly sql: string;
  readonly result: CannedResult;
}

/** Where its stacks are. */
export interface ReplayPlace {
  readonly blue: { readonly host: string; readonly port: number };
  readonly green: { readonly host: string; readonly port: number };
}

/** A mock in a process of its own: nobody who is measured does the engine's work, or walks through its memory. */
export interface ReplayingMock extends AsyncDisposable {
  readonly place: ReplayPlace;
  /** The calls that it has had so far. */
  calls(): Promise<readonly string[]>;
}

/** Starts it; resolves when its stacks listen. */
export async function startReplayingMock(order: ReplayOrder): Promise<ReplayingMock> {
  const child = fork(new URL("./replaying-mock-main.ts", import.meta.url), {
    execArgv: ["--conditions=e6data-source", "--disable-warning=ExperimentalWarning"],
    serialization: "advanced",
  });
  const exit = once(child, "exit");
  const ask = async (message: Serializable) => {
    // An exit in place of an answer: what went wrong stands on the terminal.
    const answer = Promise.race([once(child, "message"), exit.then(() => Promise.reject(new Error("the mock ended")))]);
    child.send(message);
    return (await answer)[0];
  };
  const place: ReplayPlace = await ask({ ...order }).catch((error: unknown) => {
    child.disconnect();
    throw error;
  });
  return {
    place,
    calls: () => ask("calls"),
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await exit;
    },
  };
}
