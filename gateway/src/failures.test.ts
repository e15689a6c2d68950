import { gatewayReasons, responseHeaders } from "e6data-web/headers";
import { describe, expect, it } from "vitest";
import { clientLog, upstreamLog } from "./access-log.ts";
import { headerProtocol } from "./caller-protocol.ts";
import { defaultTuning } from "./config/settings.ts";
import { gateFailures, localFailures, memoryFailure, notGrpcFailure, upstreamFailures } from "./failures.ts";
import { localReplyConfig } from "./local-reply.ts";
import { errorMap, stateGate } from "./lua.ts";
import { validateOptions } from "./options.ts";

const failures = [
  ...Object.values(upstreamFailures),
  ...Object.values(gateFailures),
  ...[...localFailures, notGrpcFailure, memoryFailure],
];

describe("failures", () => {
  it("have messages that need no percent-encoding and no quoting", () => {
    for (const { message } of failures) {
      expect.soft(message).toMatch(/^[ !#$&-[\]-~]+$/);
    }
  });

  it("cover every reason that clients know", () => {
    const reasons = failures.map(({ reason }) => reason).filter((reason) => !reason.startsWith("UPSTREAM_HTTP_"));
    expect(new Set(reasons)).toEqual(new Set(gatewayReasons));
  });

  it("call a second try safe only where no engine can have seen the first", () => {
    const safe = new Set(failures.filter(({ retrySafe }) => retrySafe).map(({ reason }) => reason));
    expect(safe).toEqual(
      new Set([
        ...["STRATEGY_MISMATCH", "CLUSTER_SUSPENDED", "OVERLOADED", "NO_HEALTHY_UPSTREAM", "RATE_LIMITED"],
        "UPSTREAM_HTTP_429",
      ]),
    );
  });

  it("reach Envoy in their order, the one for all the rest at the end", () => {
    const { listener, limits } = validateOptions({ blue: { port: 1 }, green: { port: 2 }, origins: [] });
    const [outOfMemory, ...mappers] = localReplyConfig({ listener, limits: { ...limits, memory: 1e9 } }).mappers;
    expect(JSON.stringify(outOfMemory)).toContain(memoryFailure.message);
    expect(mappers.length).toBe(localFailures.length);
    expect(JSON.stringify(mappers.at(-1)?.filter)).toContain('"op":"GE","value":{"default_value":400');
    for (const mapper of mappers) expect(mapper).toMatchObject({ status_code: 200, body: { inline_string: "" } });
  });

  it("travel in headers that the protocol defines, in Lua and in the logs too", () => {
    const { logs } = defaultTuning.observability;
    const sources = [errorMap(), stateGate(), clientLog(logs, ""), upstreamLog(logs, "")].map((source) =>
      JSON.stringify(source),
    );
    const names = new Set(sources.join().match(/x-e6-[a-z-]+/g));
    expect(names.size).toBe(5);
    const others = [...names].filter((name) => !responseHeaders.some((header) => header === name));
    // Made and read by Envoy alone.
    expect(others).toEqual([headerProtocol]);
  });

  it("reach the Lua filters as tables before their programs", () => {
    expect(JSON.stringify(errorMap())).toContain(JSON.stringify('["456"] = { ["status"] = "9"').slice(1, -1));
    expect(JSON.stringify(stateGate())).toContain(JSON.stringify('["badStrategy"] = { ["status"] = "3"').slice(1, -1));
  });
});
