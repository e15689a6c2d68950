import type { Obstacle } from "./page-api.ts";

/** Takes parts of the platform away from this page, or breaks them. */
export function breakPlatform(given: ReadonlySet<Obstacle>): void {
  for (const obstacle of given) breakages[obstacle]();
}

const refuse = (): never => {
  throw new DOMException("told to fail", "SecurityError");
};

const breakages: Readonly<Record<Obstacle, () => void>> = {
  "locks missing": () => Reflect.deleteProperty(Navigator.prototype, "locks"),
  "locks rejecting": () => {
    LockManager.prototype.request = () => Promise.reject(new DOMException("told to fail", "NotSupportedError"));
  },
  "storage missing": () => replace("indexedDB", { value: undefined }),
  // As browsers do whose user has blocked the data of sites.
  "storage throwing": () => replace("indexedDB", { get: refuse }),
  // As some do after their disk or their helper process has failed: the request is never answered.
  "storage hanging": () => {
    // Whoever asks gets an object that nothing ever happens to.
    IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
  },
  "storage failing": () => {
    IDBDatabase.prototype.transaction = refuse;
  },
  "channel missing": () => replace("BroadcastChannel", { value: undefined }),
  "channel throwing": () =>
    replace("BroadcastChannel", {
      value: class {
        constructor() {
          refuse();
        }
      },
    }),
  // Nobody gives up, however busy the machine is: what the client waits for at most never comes.
  "endless waits": () => {
    const { setTimeout } = globalThis;
    const set = (work: () => void, ms = 0) => setTimeout(work, ms < shortestWaitMs ? ms : longestTimerMs);
    Object.assign(globalThis, { setTimeout: set });
  },
};

/** The client's pauses are shorter, the longest times that it waits for others are not. */
const shortestWaitMs = 2_000;
const longestTimerMs = 2 ** 31 - 1;

function replace(name: "indexedDB" | "BroadcastChannel", descriptor: PropertyDescriptor): void {
  Object.defineProperty(globalThis, name, { ...descriptor, configurable: true });
}
