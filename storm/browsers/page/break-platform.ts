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
};

function replace(name: "indexedDB" | "BroadcastChannel", descriptor: PropertyDescriptor): void {
  Object.defineProperty(globalThis, name, { ...descriptor, configurable: true });
}
