import { describe, expect, it } from "vitest";
import { callOf, routerFetch } from "../../test/router-fetch.ts";
import { QueryEngineService } from "../gen/e6x_engine_pb.ts";
import { healthCheck, refreshCatalogs } from "../gen/e6x_engine_tables.ts";
import type { Strategy } from "../headers.ts";
import { readOptions } from "../options.ts";
import { createGatewayTransport } from "./gateway-transport.ts";
import type { Route, RouteSession } from "./route.ts";

const ofConnection = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const ofQuery = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
const route: Route = { strategy: "green", epoch: "e" };

/** A transport, and what its engine gets: headers, and the session's id in the request. */
function openTransport(answered = "", next?: Strategy) {
  const sent: { readonly headers: Headers; readonly sessionId?: string }[] = [];
  const fetch = routerFetch((router) =>
    router.service(QueryEngineService, {
      healthCheck(_request, { requestHeader: headers }) {
        sent.push({ headers });
        return {};
      },
      refreshCatalogs({ sessionId }, { requestHeader: headers }) {
        sent.push({ headers, sessionId });
        return { sessionId: answered };
      },
    }),
  );
  const url = "https://gateway.example.com";
  const settings = readOptions({ url, user: "ann", token: "t", cluster: "Own", traceparent: ofConnection, fetch });
  const watch = () => () => undefined;
  return { sent, send: createGatewayTransport(settings, watch, () => next) };
}

describe("createGatewayTransport()", () => {
  it("leads a call to its cluster, its stack, its engine and its trace", async () => {
    const { sent, send } = openTransport();
    await send(callOf(healthCheck, {}, { route: { ...route, plannerIp: "10.0.0.1", traceparent: ofQuery } }));
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject({
      "cluster-name": "own",
      strategy: "green",
      plannerip: "10.0.0.1",
      traceparent: ofQuery,
    });
  });

  it("says nothing of what is not known, and gives a call its connection's trace", async () => {
    const { sent, send } = openTransport();
    await send(callOf(healthCheck, {}));
    await send(callOf(healthCheck, {}, { route: { ...route, plannerIp: "" } }));
    expect(sent.map(({ headers }) => headers.get("traceparent"))).toEqual([ofConnection, ofConnection]);
    expect(sent.map(({ headers }) => headers.has("strategy"))).toEqual([false, true]);
    expect(sent.map(({ headers }) => headers.has("plannerip"))).toEqual([false, false]);
  });

  it.each([
    ["blue", "blue"],
    ["green", null],
    [undefined, null],
  ] as const)("says that new work goes to %s, unless the call goes there or nobody knows", async (next, expected) => {
    const { sent, send } = openTransport("", next);
    await send(callOf(healthCheck, {}, { route }));
    await send(callOf(healthCheck, {}));
    expect(sent.map(({ headers }) => headers.get("x-e6-ready-strategy"))).toEqual([expected, null]);
  });

  it.each([
    ["s2", [["s1", "s2"]]],
    ["", []],
  ])("sends the session's id where it belongs, and hands on an answered %j", async (answered, expected) => {
    const refreshed: string[][] = [];
    const session: RouteSession = { id: "s1", refresh: (...ids) => void refreshed.push(ids) };
    const { sent, send } = openTransport(answered);
    await send(callOf(refreshCatalogs, {}, { route: { ...route, session } }));
    await send(callOf(healthCheck, {}, { route: { ...route, session } }));
    expect(sent.map(({ sessionId }) => sessionId)).toEqual(["s1", undefined]);
    expect(refreshed).toEqual(expected);
  });
});
