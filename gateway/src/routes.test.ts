import { readFileSync } from "node:fs";
import { strategies } from "e6data-web/headers";
import { describe, expect, it } from "vitest";
import type { Route } from "./envoy-config.ts";
import { loopbackOrigins, validateOptions } from "./options.ts";
import { renderRoutes, routeFile } from "./routes.ts";

/** Every RPC path as the schema's own text has it: not read by the code that is under test. */
const paths = [
  ["QueryEngineService", "../../proto/engine/e6x_engine.proto"],
  ["ClusterService", "../../proto/cluster/cluster.proto"],
].flatMap(([service, file]) => {
  const text = readFileSync(new URL(file ?? "", import.meta.url), "utf8");
  return [...text.matchAll(/^\s*rpc (\w+)/gm)].map(([, method]) => `/${service}/${method}`);
});

const settings = (origins: readonly string[]) => validateOptions({ blue: { port: 1 }, green: { port: 2 }, origins });

const routes = (state: Parameters<typeof renderRoutes>[1]) =>
  renderRoutes(settings(loopbackOrigins), state).virtual_hosts.flatMap((host) => host.routes);

const pathOf = ({ match }: Pick<Route, "match">) => ("path" in match ? match.path : undefined);
const named = (prefix: string, list: readonly Route[]) => list.filter(({ name }) => name.startsWith(`${prefix}.`));

describe("renderRoutes()", () => {
  it.each([...strategies, "active"])("has one route for each RPC of the schema: %s", (prefix) => {
    expect(paths.length).toBeGreaterThan(40);
    expect(
      named(prefix, routes({ active: "blue" }))
        .map(pathOf)
        .toSorted(),
    ).toEqual(paths.toSorted());
  });

  it("tells new work from what continues a query", () => {
    const classes = new Map(named("blue", routes({ active: "blue" })).map((route) => [pathOf(route), route.name]));
    const expected = {
      authenticate: "new",
      prepareStatementV2: "new",
      getTables: "new",
      getNextResultBatch: "continue",
      clear: "continue",
    };
    for (const [method, callClass] of Object.entries(expected)) {
      expect.soft(classes.get(`/QueryEngineService/${method}`)).toBe(`blue.${callClass}`);
    }
  });

  it("leads each stack's calls to that stack, and those without one to the active stack", () => {
    const all = routes({ active: "green" });
    const clusters = (prefix: string) => [...new Set(named(prefix, all).map(({ route }) => route.cluster))];
    expect([clusters("blue"), clusters("green"), clusters("active")]).toEqual([
      ["e6_blue"],
      ["e6_green"],
      ["e6_green"],
    ]);
  });

  it("has what is called most among the first, whichever stack is asked for: Envoy tries one route after the other", () => {
    const first = routes({ active: "blue" })
      .filter(({ name }) => !name.startsWith("gate."))
      .slice(0, 6)
      .map(({ name, match }) => [name.split(".")[0], pathOf({ match })]);
    expect(first).toEqual(
      ["getNextResultBatchV2", "getNextResultBatch"].flatMap((method) =>
        ["blue", "green", "active"].map((prefix) => [prefix, `/QueryEngineService/${method}`]),
      ),
    );
  });

  it("leads no refused call to a cluster that exists", () => {
    const gate = named("gate", routes({ active: "blue" }));
    expect(gate.map(({ name }) => name)).toEqual([
      "gate.unknownMethod",
      "gate.badContentType",
      "gate.unknownMethod",
      "gate.badStrategy",
      "gate.unknownMethod",
    ]);
    expect(new Set(gate.map(({ route }) => route.cluster))).toEqual(new Set(["e6_gate"]));
  });

  const some = ["authenticate", "prepareStatementV2", "getTables", "getNextResultBatch", "clear", "resume"];

  it.each([
    ["standby", []],
    ["draining", some.slice(0, 3)],
    ["off", some],
  ] as const)("refuses a stack that is %s, of some calls: %j; at the gate, with where to go", (state, expected) => {
    const ofGreen = named("green", routes({ stacks: { blue: "active", green: state } }));
    expect(ofGreen.map(pathOf).toSorted()).toEqual(paths.toSorted());
    const refused = ofGreen.filter(({ name }) => name === "green.refused");
    const methods = refused.map((route) => pathOf(route)?.split("/").at(-1) ?? "");
    expect(some.filter((method) => methods.includes(method))).toEqual(expected);
    for (const route of ofGreen) {
      expect(route.route.cluster).toBe(refused.includes(route) ? "e6_gate" : "e6_green");
      expect(route.response_headers_to_add).toMatchObject([{ header: { key: "x-e6-new-strategy", value: "blue" } }]);
    }
  });

  it.each([
    ["one address", [{ host: "10.0.0.1", port: 1 }], false],
    [
      "several addresses",
      [
        { host: "10.0.0.1", port: 1 },
        { host: "10.0.0.2", port: 1 },
      ],
      true,
    ],
    ["a name, which may have several", [{ host: "blue.test", port: 1 }], true],
  ])("tries another address where a stack has %s", (_, addresses, isExpected) => {
    const ofOne = settings([]);
    const stacks = { ...ofOne.stacks, green: { ...ofOne.stacks.green, addresses } };
    const [host] = renderRoutes({ ...ofOne, stacks }, { active: "blue" }).virtual_hosts;
    expect(host?.retry_policy?.num_retries).toBe(2);
    expect(host?.retry_policy?.retry_host_predicate !== undefined).toBe(isExpected);
  });

  it("outlasts a prepare of ten minutes", () => {
    for (const { route } of named("active", routes({ active: "blue" }))) {
      expect(route).toMatchObject({ timeout: "0s", idle_timeout: "660s" });
    }
  });
});

describe("routeFile()", () => {
  const file = (...args: Parameters<typeof renderRoutes>) => routeFile(renderRoutes(...args));

  it("is the same for the same state, to the byte", () => {
    expect(JSON.stringify(file(settings(loopbackOrigins), { active: "blue" }))).toBe(
      JSON.stringify(file(settings([...loopbackOrigins]), { active: "blue" })),
    );
  });

  it("has another version for another content", () => {
    const versions = [
      file(settings(loopbackOrigins), { active: "blue" }),
      file(settings(loopbackOrigins), { active: "green" }),
      file(settings(loopbackOrigins), { active: "blue", announced: "green" }),
      file(settings(["https://app.test"]), { active: "blue" }),
    ].map(({ version_info }) => version_info);
    expect(new Set(versions).size).toBe(4);
  });
});
