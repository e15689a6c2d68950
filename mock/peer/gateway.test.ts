import { type Gateway, startGateway } from "@e6data-web/gateway";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensureEnvoy } from "../../scripts/setup/envoy.mjs";
import { type FaultFormName, type Mock, startMock } from "../src/index.ts";
import { createPythonDriver } from "./python-driver.ts";

let runPython: Awaited<ReturnType<typeof createPythonDriver>>;
let envoyPath: string;
let mock: Mock;
let gateway: Gateway;

beforeAll(async () => {
  envoyPath = await ensureEnvoy();
  runPython = await createPythonDriver();
});

beforeEach(async () => {
  mock = await startMock({ scale: 0.001 });
  gateway = await startGateway({ blue: { port: mock.blue.port }, green: { port: mock.green.port }, envoyPath });
});

afterEach(async () => {
  await gateway.close();
  await mock.close();
});

const run = (scenario: string, options: object, onPause?: (name: string) => void | Promise<void>) =>
  runPython(scenario, { port: Number(new URL(gateway.url).port), ...options }, onPause);

const stacksOf = (rpc: string) =>
  mock.control
    .calls()
    .filter((call) => call.rpc === rpc)
    .map(({ stack, outcome }) => [stack, outcome.kind === "http" ? outcome.status : outcome.kind]);

describe("the public Python connector through the gateway", () => {
  it("recovers from a switch between two queries", async () => {
    const answers = await run("switch", {}, async () => {
      mock.control.switch("green");
      await gateway.apply({ active: "green" });
    });
    expect(answers).toEqual([[[1]], [[1]]]);
    expect(stacksOf("prepareStatementV2")).toEqual([
      ["blue", "grpc"],
      ["blue", 456],
      ["green", "grpc"],
    ]);
  });

  it("sees the raw 456 and 503 of a load balancer, whatever their body", async () => {
    const forms: Record<string, FaultFormName> = {
      bare456: "http-456",
      text456: "http-456-text",
      html456: "http-456-html",
      bare503: "http-503",
      text503: "http-503-text",
      html503: "http-503-html",
    };
    const answer = await run("raw", { names: Object.keys(forms) }, (name) => {
      const form = forms[name];
      if (form) mock.control.faults([{ rpc: "getSchemaNamesV2", form }]);
    });
    const strategy = { code: "UNKNOWN", details: expect.stringContaining("status: 456") };
    const suspended = { code: "UNAVAILABLE", details: expect.stringContaining("status: 503") };
    expect(answer).toEqual({
      session: true,
      bare456: strategy,
      text456: strategy,
      html456: strategy,
      bare503: suspended,
      text503: suspended,
      html503: suspended,
    });
  });

  it("wakes a suspended cluster", async () => {
    mock.control.suspend({ resumeMs: 10 });
    expect(await run("resume", {})).toEqual({ rows: [[1]], again: true });
  });
});
