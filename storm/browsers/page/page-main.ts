import { type Connection, connect, type DeploymentEvent, isE6Error } from "e6data-web";
import { breakPlatform } from "./break-platform.ts";
import { fetchHeld, heldRefusals, holdAnswers, releaseAnswers } from "./held-answers.ts";
import { createJobs } from "./jobs.ts";
import { countQuery, type LoopEnd, type OpenOrder, obstacles, type PageApi, type QueryEnd } from "./page-api.ts";
import { clearSiteData, jamStorage, locks, overhear, overheard, storedText } from "./site.ts";

/** Queries that run one after the other. */
interface Loop {
  good: number;
  readonly bad: QueryEnd[];
  isOver: boolean;
  /** Those who wait until it has come to a point: each tells whether it has. */
  waiting: (() => boolean)[];
  ended: Promise<void>;
}

const given = new URLSearchParams(location.search).getAll("obstacle");
breakPlatform(new Set(obstacles.filter((name) => given.includes(name))));

const id = String(Math.random());
const strays: string[] = [];
let returns = 0;
addEventListener("error", ({ message }) => strays.push(message));
addEventListener("unhandledrejection", ({ reason }) => strays.push(String(reason)));
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) returns++;
});

let connection: Connection | undefined;
let events: readonly DeploymentEvent[] = [];
let loop: Loop | undefined;

const api: PageApi = {
  open,
  query: (count) => Promise.all(Array.from({ length: count }, query)),
  async lookUp(count) {
    const ends = await Promise.all(Array.from({ length: count }, lookUp));
    return ends.flatMap((end) => end ?? []);
  },
  holdAnswers,
  heldRefusals,
  releaseAnswers,
  beginLoop,
  loopDid,
  endLoop,
  view() {
    const { active = null, announced = null, sessions, pins } = theConnection().strategy;
    return { active, announced, sessions, pins: pins.length };
  },
  events: () => events,
  close: () => theConnection().close(),
  strays: () => strays,
  pageId: () => id,
  returns: () => returns,
  clearSiteData,
  jamStorage,
  locks,
  storedText,
  overhear,
  overheard,
  ...createJobs(() => api),
};
globalThis.storm = api;

async function open({ url, cluster, user }: OpenOrder): Promise<void> {
  await connection?.close();
  const told: DeploymentEvent[] = [];
  events = told;
  connection = connect({
    ...{ url, cluster, user, token: `secret of ${user}` },
    fetch: fetchHeld,
    onDeployment: (event) => told.push(event),
  });
}

function theConnection(): Connection {
  if (connection === undefined) throw new Error("no connection is open in this page");
  return connection;
}

async function query(): Promise<QueryEnd> {
  try {
    const result = await theConnection().query(countQuery.sql);
    const value = String(result.rows()[0]?.[0]);
    return { kind: "rows", stack: result.strategy, queryId: result.queryId, value };
  } catch (error) {
    return failed(error);
  }
}

async function lookUp(): Promise<QueryEnd | undefined> {
  try {
    const tables = await theConnection().tables({ catalog: "sample", schema: "tpch" });
    return tables.includes("nation") ? undefined : failed(new Error("a table is missing"));
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): QueryEnd {
  return { kind: "failed", code: isE6Error(error) ? error.code : "none of the client's", message: String(error) };
}

function beginLoop(): void {
  const run = async () => {
    while (!state.isOver) {
      const end = await query();
      if (end.kind === "rows" && end.value === countQuery.value) state.good++;
      else state.bad.push(end);
      state.waiting = state.waiting.filter((isServed) => !isServed());
    }
  };
  const state: Loop = { good: 0, bad: [], isOver: false, waiting: [], ended: Promise.resolve() };
  state.ended = run();
  loop = state;
}

async function loopDid(more: number): Promise<void> {
  const state = theLoop();
  const count = () => state.good + state.bad.length;
  const target = count() + more;
  await new Promise<void>((resolve) => {
    state.waiting.push(() => {
      if (count() >= target) resolve();
      return count() >= target;
    });
  });
}

async function endLoop(): Promise<LoopEnd> {
  const state = theLoop();
  state.isOver = true;
  await state.ended;
  const { good, bad } = state;
  return { good, bad };
}

function theLoop(): Loop {
  if (loop === undefined) throw new Error("no loop has begun");
  return loop;
}
