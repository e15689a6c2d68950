import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ServerOrder, ServerPlace } from "./server-thread.ts";

/** Servers in a thread of their own. */
export interface Servers extends AsyncDisposable {
  readonly place: ServerPlace;
}

/** Starts the thread and resolves when its servers listen. */
export async function startServers(order: ServerOrder): Promise<Servers> {
  const worker = new Worker(new URL("./server-thread.ts", import.meta.url), { workerData: order });
  const [place]: ServerPlace[] = await once(worker, "message");
  if (place === undefined) throw new Error("the servers did not say where they are");
  return {
    place,
    [Symbol.asyncDispose]: async () => {
      const exit = once(worker, "exit");
      worker.postMessage("end");
      await exit;
    },
  };
}
