import { type Connection, type ConnectOptions, connect, createPool, type PoolOptions } from "e6data-web";
import type { Behaviour, Context, Outcome, Surroundings } from "./suite/behaviour.ts";
import { equal } from "./suite/check.ts";
import { type Control, createControl } from "./suite/control.ts";
import { suite } from "./suite/suite.ts";
import { watchTimers, within } from "./suite/timers.ts";

/** The longest that a case may take: beyond it something hangs. */
const longestMs = 20_000;

/** Runs cases of the suite one after the other. */
export type RunBehaviour = (group: string, name: string) => Promise<Outcome>;

/**
 * Makes what runs cases in this runtime: each from a mock as new, and each with a look at what it leaves behind. A promise that nobody
 * minds fails the case in which it is found.
 */
export function createRunner(surroundings: Surroundings): RunBehaviour {
  const control = createControl(surroundings.controlUrl);
  const timers = watchTimers();
  const strays = watchRejections();
  return async (group, name) => {
    const behaviour = suite.find((one) => one.name === group)?.cases.find((one) => one.name === name);
    try {
      if (behaviour === undefined) throw new Error(`there is no case "${name}" of "${group}"`);
      await control.reset();
      await within(longestMs, runAndClose(behaviour, surroundings, control));
      await checkQueries(behaviour, control);
      equal(timers(), 0, "the number of timers that are left");
      equal(strays.splice(0), [], "the list of promises that nobody minded");
      return { ok: true };
    } catch (error) {
      return { ok: false, error: describe(error) };
    }
  };
}

async function runAndClose(behaviour: Behaviour, surroundings: Surroundings, control: Control): Promise<void> {
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(one: T) => {
    opened.push(one);
    return one;
  };
  // What a page shares outlives a case.
  const defaults = { url: surroundings.url, catalog: "sample", schema: "tpch", store: "memory" as const };
  const signIn = (options: Partial<ConnectOptions>) =>
    "accessToken" in options ? defaults : { ...defaults, user: "ann", token: "secret" };
  const context: Context = {
    ...surroundings,
    control,
    deadUrl: "http://127.0.0.1:1",
    // Half of the options of one sign-in are none of another.
    open: (options = {}): Connection => keep(connect({ ...signIn(options), ...options } as ConnectOptions)),
    openPool: (options: PoolOptions = {}) => keep(createPool({ ...defaults, user: "ann", token: "secret" }, options)),
  };
  try {
    await behaviour.run(context);
  } finally {
    await Promise.all(opened.map((one) => one.close()));
  }
}

/** Every query that the engine has handed to the client has to be given back. */
async function checkQueries({ leavesQueries }: Behaviour, control: Control): Promise<void> {
  if (leavesQueries !== undefined) return;
  const calls = await control.calls();
  const ids = (isWanted: (rpc: string) => boolean) =>
    new Set(calls.flatMap(({ rpc, stack, query }) => (isWanted(rpc) && query ? [`${stack} ${query}`] : [])));
  const begun = ids((rpc) => /^(prepareStatement|createDataFrame)/.test(rpc));
  const cleared = ids((rpc) => rpc === "clear");
  equal(
    [...begun].filter((query) => !cleared.has(query)),
    [],
    "the list of queries that were not cleared",
  );
  equal(await control.openQueries(), 0, "the number of queries that the engine keeps");
}

/** The promises that fail without anybody minding. Node has no such event: it ends the process, and with it the test. */
function watchRejections(): string[] {
  const found: string[] = [];
  globalThis.addEventListener?.("unhandledrejection", (event) => {
    event.preventDefault();
    found.push(describe(event.reason));
  });
  return found;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\n  because of ${describe(error.cause)}`;
  return `${error.stack ?? `${error.name}: ${error.message}`}${cause}`;
}
