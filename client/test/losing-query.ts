import { Code } from "@connectrpc/connect";
import type { DeploymentEvent, QueryEvent } from "../src/index.ts";
import { refusal, trailersOnly } from "./fake-gateway.ts";
import { openNumbered } from "./numbered-query.ts";
import { passTime } from "./pass-time.ts";
import { settle } from "./settle.ts";

/** How a query is lost, by the code of the failure that tells so. */
export const losses = {
  STRATEGY_MISMATCH: () => refusal("green"),
  SESSION_EXPIRED: () => trailersOnly(Code.Internal, "Access denied"),
  NOT_FOUND: () => trailersOnly(Code.NotFound, "no such query"),
  NETWORK: () => Promise.reject(new TypeError("connection reset")),
  GATEWAY: () => trailersOnly(Code.Unavailable, "reset", { "x-e6-reason": "UPSTREAM_RESET" }),
} as const;
/** A key of {@link losses}. */
export type Loss = keyof typeof losses;
/** All of them. */
export const allLosses = Object.keys(losses) as Loss[];

/** A connection whose query of twelve numbers, in four batches, is lost at the `nth` call of an RPC, `times` in a row. */
export function openLosing(rpc: string, nth: number, loss: Loss, times = 1, options: object = {}) {
  const told: DeploymentEvent[] = [];
  const open = openNumbered(4, { onDeployment: (event: DeploymentEvent) => told.push(event), ...options });
  const { gateway, runtime, connection } = open;
  let calls = 0;
  gateway.intercept = (name, stack) => {
    if (!name.startsWith(rpc) || ++calls < nth || calls >= nth + times) return undefined;
    if (loss === "STRATEGY_MISMATCH") gateway.active = stack === "blue" ? "green" : "blue";
    return losses[loss]();
  };
  const events: QueryEvent[] = [];
  const onEvent = (event: QueryEvent) => void events.push(event);
  const pass = <T>(work: Promise<T>) => passTime(runtime, work);
  const rpcs = (name: string) => gateway.calls.filter((call) => call.rpc === name);
  /** Closes the connection; what of it is left at the engine and here. */
  const leftovers = async () => {
    await pass(connection.close());
    return [gateway.openQueries.size, connection.strategy.pins.length, runtime.sleeping.length];
  };
  const types = (...wanted: DeploymentEvent["type"][]) => told.filter(({ type }) => wanted.includes(type));
  /** Waits until the query is lost, and everything has gone on that waits for nothing. */
  const untilLost = async () => {
    while (calls < nth || open.gateway.inFlight > 0) await settle();
    for (let turn = 0; turn < 5; turn++) await settle();
  };
  return { ...open, untilLost, events, onEvent, pass, rpcs, leftovers, types };
}

/** The numbers of rows of one column. */
export function numbersIn(rows: readonly unknown[][]): number[] {
  return rows.map(([value]) => Number(value));
}
