/** What the benchmark `store` runs in each of its pages. */
import type { StrategyStore } from "e6data-web";
import { createBrowserStore } from "e6data-web/store";

/** The page's door for the benchmark. */
export interface StorePage {
  /** Nanoseconds of one look-up of the state, by each way, as the median of several rounds. */
  lookUps(): Promise<Readonly<Record<"read" | "localStorage" | "indexedDB", number>>>;
  /** Resolves once the store has been read. */
  open(): Promise<void>;
  /** Changes the state; answers the new epoch and when, in milliseconds since 1970 with fractions. */
  change(): readonly [epoch: string, at: number];
  /** Posts a bare message of the same size; answers what is in it and when. */
  post(): readonly [epoch: string, at: number];
  /** When this page saw each epoch, and each bare message. */
  seen(): readonly (readonly [epoch: string, at: number])[];
  /** Resolves a while after this page has seen so many: an answer at once would take time from the pages that have not. */
  settled(count: number): Promise<void>;
}

const now = () => performance.timeOrigin + performance.now();
const newEpoch = () => crypto.randomUUID();
const seen: (readonly [string, number])[] = [];
const sights = new EventTarget();
const see = (id: string) => {
  seen.push([id, now()]);
  sights.dispatchEvent(new Event("seen"));
};
const bare = new BroadcastChannel("bare");
bare.onmessage = ({ data }) => see(data.lineage);

const store: StrategyStore = createBrowserStore({ cluster: "http://gateway.example.com bench" });
store.subscribe(({ epoch }) => see(epoch));

/** The last result: no compiler can drop the work. */
let kept: unknown;

function change(): readonly [string, number] {
  const { epoch, active } = store.read();
  const nextEpoch = newEpoch();
  const at = now();
  const stack = active === "blue" ? "green" : "blue";
  store.dispatch({ type: "accepted", stack, epoch, nextEpoch, at: Math.round(at) });
  return [nextEpoch, at];
}

async function settled(count: number): Promise<void> {
  while (seen.length < count) {
    await new Promise((resolve) => sights.addEventListener("seen", resolve, { once: true }));
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
}

async function nanosOf(times: number, work: () => unknown): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < 15; round++) {
    const start = performance.now();
    for (let time = 0; time < times; time++) {
      const result = work();
      kept = result instanceof Promise ? await result : result;
    }
    rounds.push(((performance.now() - start) * 1e6) / times);
  }
  return rounds.toSorted((one, other) => one - other)[rounds.length >> 1] ?? Number.NaN;
}

async function lookUps() {
  localStorage.setItem("state", JSON.stringify(store.read()));
  const request = indexedDB.open("e6data-web");
  await new Promise((resolve) => request.addEventListener("success", resolve));
  const fromDatabase = () =>
    new Promise((resolve) => {
      const reading = request.result
        .transaction("strategy")
        .objectStore("strategy")
        .get("http://gateway.example.com bench");
      reading.onsuccess = () => resolve(reading.result);
    });
  const measured = {
    read: await nanosOf(5_000_000, () => store.read()),
    localStorage: await nanosOf(20_000, () => JSON.parse(localStorage.getItem("state") ?? "")),
    indexedDB: await nanosOf(200, fromDatabase),
  };
  request.result.close();
  return measured;
}

const page: StorePage = {
  lookUps,
  open: async () => await store.ready,
  change,
  post: () => {
    const lineage = newEpoch();
    const at = now();
    bare.postMessage({ lineage, version: seen.length });
    return [lineage, at];
  },
  seen: () => seen,
  settled,
};

Object.assign(globalThis, { storePage: page, kept: () => kept });
