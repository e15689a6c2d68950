import { readFileSync } from "node:fs";
import { headerReason, headerStrategy } from "e6data-web/headers";
import { isNotWeb } from "./caller-protocol.ts";
import { type Extension, type HttpFilter, type Typed, typed } from "./envoy-config.ts";
import {
  type Failure,
  type GateFailure,
  gateFailures,
  notGrpcFailure,
  upstreamFailures,
  upstreamStatusCodes,
} from "./failures.ts";
import { type Condition, skippedFilter } from "./skipped-filter.ts";

/** The filter that turns errors into gRPC-Web answers: `lua/error-map.lua`. */
export const errorMapFilter = "e6.error_map";
/** The filter that refuses calls before any upstream is asked, on the routes that say so: `lua/state-gate.lua`. */
export const stateGateFilter = "e6.state_gate";
/** The same for calls that name several stacks, which routes cannot see. */
export const strategyGateFilter = "e6.strategy_gate";

/** The error map as a filter of the chain: its tables, written from `failures.ts`, then its program. */
export function errorMap(): Extension {
  const filter = luaFilter(errorMapFilter, "error_map", "error-map.lua", {
    UPSTREAM: mapValues(upstreamFailures, failureTable),
    STATUS: mapValues(upstreamStatusCodes, String),
    NOT_GRPC: failureTable(notGrpcFailure),
  });
  return skippedFilter(filter, [isGood, hasNoReason], [isNotWeb]);
}

const isGood: Condition = { of: "answer", header: ":status", value: { exact: "200" } };
/** A reason is what the gateway itself has given, or the page mark. */
const hasNoReason: Condition = { of: "answer", header: headerReason, not: true };

/** The state gate as a filter of the chain: it stands open but on the gate's own routes. */
export function stateGate(): HttpFilter {
  return { ...gate(stateGateFilter, "state_gate"), disabled: true };
}

/** The gate for calls that name several stacks as a filter of the chain. */
export function strategyGate(): Extension {
  // Envoy's routes look at each value of a repeated header by itself; here they are put together.
  const isOne: Condition = { of: "request", header: headerStrategy, value: { contains: "," }, not: true };
  return skippedFilter(gate(strategyGateFilter, "strategy_gate"), [isOne]);
}

function gate(name: string, statPrefix: string): Extension {
  return luaFilter(name, statPrefix, "state-gate.lua", { GATE: mapValues(gateFailures, gateTable) });
}

/** The filter that marks pages among the answers of stacks: `lua/page-mark.lua`. */
export const pageMarkFilter = "e6.page_mark";

/** The page mark as a filter of the chain. */
export function pageMark(): Extension {
  const filter = luaFilter(pageMarkFilter, "page_mark", "page-mark.lua", { REASON: notGrpcFailure.reason });
  const isGrpc: Condition = { of: "answer", header: "content-type", value: { prefix: "application/grpc" } };
  return skippedFilter(filter, [isGrpc], [isNotWeb]);
}

/** Switches a filter off on a route. */
export const switchedOff: Typed<object> = typed("envoy.config.route.v3.FilterConfig", { disabled: true });

/** What a route tells one of the filters. */
export function luaContext(context: Readonly<Record<string, string>>): Typed<object> {
  return typed("envoy.extensions.filters.http.lua.v3.LuaPerRoute", { filter_context: context });
}

interface LuaTable {
  readonly [key: string]: string | LuaTable;
}

function failureTable({ reason, grpcStatus, message, retrySafe }: Failure): LuaTable {
  return { status: String(grpcStatus), message, reason, safe: String(retrySafe) };
}

function gateTable(rule: GateFailure): LuaTable {
  const { grpcStatus, message } = rule.native ?? rule;
  const native = { status: String(grpcStatus), message };
  return { ...failureTable(rule), http: String(rule.httpStatus), native };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function luaFilter(name: string, statPrefix: string, file: string, tables: LuaTable): Extension {
  // Beside `src` and `dist`, so that both find it.
  const program = readFileSync(new URL(`../lua/${file}`, import.meta.url), "utf8");
  const globals = Object.entries(tables).map(([table, value]) => `${table} = ${luaLiteral(value)}\n`);
  return {
    name,
    typed_config: typed("envoy.extensions.filters.http.lua.v3.Lua", {
      stat_prefix: statPrefix,
      default_source_code: { inline_string: `${globals.join("")}\n${program}` },
    }),
  };
}

function luaLiteral(value: string | LuaTable): string {
  if (typeof value !== "string") {
    const entries = Object.entries(value).map(([key, inner]) => `[${luaLiteral(key)}] = ${luaLiteral(inner)}`);
    return `{ ${entries.join(", ")} }`;
  }
  // JSON's quoting is Lua's for printable ASCII; the tables hold nothing else.
  return JSON.stringify(value);
}
