import { describe, expect, it } from "vitest";
import { configNamed } from "../test/golden/configs.ts";
import { renderBootstrap } from "./bootstrap.ts";
import { assertRendered, renderingProblems } from "./check-rendered.ts";
import { readSettings } from "./config/settings.ts";
import { situations } from "./deploy/deployment-state.ts";
import { renderRoutes } from "./routes.ts";
import { runFiles } from "./run-files.ts";

const settings = readSettings(configNamed("full"), { folder: "/etc/gateway" });
const bootstrap = renderBootstrap(settings, runFiles("/var/lib/gateway"));
const routes = renderRoutes(settings, { active: "blue", announced: "green" });

/** The same, in which each text that a pattern matches is another. */
function changed<T>(value: T, from: string | RegExp, to: string): T {
  const [before, after] = [JSON.stringify(value), JSON.stringify(value).replace(from, to)];
  // Else a test of what was not changed would pass.
  expect(after).not.toBe(before);
  return JSON.parse(after);
}

describe("renderingProblems()", () => {
  it.each(situations)("finds none in what is rendered for $stacks, with $announced announced", (situation) => {
    expect(renderingProblems(bootstrap, renderRoutes(settings, situation))).toEqual([]);
  });

  it.each([
    ["a cluster's name", /"cluster":"e6_green"/, '"cluster":"e6_gren"', "no cluster is called e6_gren"],
    ["a filter's name", /"e6.state_gate":/, '"e6.stategate":', "no filter is called e6.stategate"],
    [
      "a rule of the gate",
      /"rule":"badStrategy"/,
      '"rule":"badStrategie"',
      "the gate has no rule for gate.badStrategy",
    ],
    [
      "the rule for several stacks",
      /("e6.strategy_gate":\{[^}]*"rule":)"badStrategy"/,
      '$1"twoStrategies"',
      "the gate has no rule for e6",
    ],
    [
      "the gate's settings",
      /"filter_context":\{"rule"/,
      '"filter_ctx":{"rule"',
      "the gate has no rule for gate.unknownMethod",
    ],
    ["a class of calls", /"descriptor_value":"new"/, '"descriptor_value":"nwe"', "no rate limit is for nwe"],
    [
      "a header's name",
      /"key":"grpc-accept-encoding"/,
      '"key":"Grpc-Encoding"',
      '"Grpc-Encoding" is no header that can',
    ],
    ["a header's value", /"value":"nosniff"/, '"value":"no\\nsniff"', '"x-content-type-options" is no header that can'],
    [
      "the fallback",
      /"prefix":"\/"(?!.*"prefix":"\/")/,
      '"prefix":"/x"',
      "the last route of e6 is not one for everything",
    ],
    [
      "the fallback's conditions",
      /"prefix":"\/","headers":\[\](?!.*"prefix":"\/")/,
      '"prefix":"/","headers":[{"name":"x","present_match":true}]',
      "the last route of e6 is not one for everything",
    ],
  ])("finds that %s is wrong in the routes", (_, from, to, problem) => {
    expect(renderingProblems(bootstrap, changed(routes, from, to)).join()).toContain(problem);
  });

  it.each([
    ["a cluster's name", /"name":"e6_blue"/, '"name":"e6_bleu"', "no cluster is called e6_blue"],
    ["the addresses", /"endpoints":\[\{.*?\}\]\}\]\}/, '"endpoints":[]}', "has no address"],
    ["the filter's name", /"name":"e6.state_gate"/, '"name":"e6.gate"', "no filter is called e6.state_gate"],
    ["the authority", /"validation_context_sds_secret_config":/, '"sds":', "TLS to e6_blue verifies nothing"],
    ["the stack's name", /"match_typed_subject_alt_names":/, '"names":', "TLS to e6_blue verifies nothing"],
    ["the noted protocol", /"early_header_mutation_extensions":/, '"mutations":', "nothing notes how a call came"],
    ["the rate limit", /"descriptors":/, '"descriptor":', "no rate limit is for new"],
    [
      "the admin's address",
      /"address":"127.0.0.1","port_value":9901/,
      '"address":"0.0.0.0","port_value":9901',
      "Envoy's own interface listens on 0.0.0.0",
    ],
  ])("finds that %s is wrong in the bootstrap", (_, from, to, problem) => {
    expect(renderingProblems(changed(bootstrap, from, to), routes).join()).toContain(problem);
  });

  it("finds credentials for origins that nobody has named", () => {
    const pages = renderRoutes(
      { ...settings, listener: { ...settings.listener, origins: ["https://app.test", "http://localhost:*"] } },
      { active: "blue" },
    );
    const open = changed(pages, '"allow_methods"', '"allow_credentials":true,"allow_methods"');
    expect(renderingProblems(bootstrap, open)).toEqual(["origins by pattern may call with credentials"]);
  });
});

describe("assertRendered()", () => {
  it("names all that is wrong", () => {
    const wrong = changed(changed(routes, '"e6_green"', '"e6_gren"'), '"rule":"badStrategy"', '"rule":""');
    expect(() => assertRendered(bootstrap, () => routes)).not.toThrow();
    expect(() => assertRendered(bootstrap, () => wrong)).toThrow(/no cluster is called e6_gren; the gate has no rule/);
  });

  it.each(situations)("looks at the routes of $stacks, with $announced announced", (one) => {
    const wrong = changed(routes, '"e6_green"', '"e6_gren"');
    expect(() => assertRendered(bootstrap, (situation) => (situation === one ? wrong : routes))).toThrow("e6_gren");
  });

  it("knows each stack active, beside another on standby, announced, draining or off", () => {
    expect(situations).toHaveLength(8);
  });
});
