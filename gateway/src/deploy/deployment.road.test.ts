import type { OutgoingHttpHeaders } from "node:http2";
import { type Strategy, strategies } from "e6data-web/headers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployedGateways, startDeployed } from "../../test/deployed-gateways.ts";
import { fakeClock } from "../../test/fake-replicas.ts";
import type { RawAnswer } from "../../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../../test/scripted-upstream.ts";
import { startGateway } from "../gateway.ts";
import { awaitReadiness } from "./census.ts";
import type { DeploymentController } from "./controller.ts";
import { activeStack, targetStack } from "./deployment-state.ts";
import { awaitDrained } from "./drained.ts";
import { type Check, promoteStack } from "./promotion.ts";

let blue: ScriptedUpstream;
let green: ScriptedUpstream;
let deployed: DeployedGateways;
let controller: DeploymentController;

beforeAll(async () => {
  [blue, green] = await Promise.all([startUpstream("blue", {}), startUpstream("green", {})]);
  deployed = await startDeployed({ blue: blue.port, green: green.port }, 2);
  controller = deployed.controller();
});

/** Each test begins with blue active, green on standby, and nothing to go back to. */
beforeEach(async () => {
  const state = await controller.read();
  await controller.change({ verb: "announce", stack: activeStack(state) });
  for (const stack of strategies) {
    if (state.stacks[stack] === "draining") await controller.change({ verb: "off", stack });
  }
  for (const stack of ["green", "blue"] as const) {
    await controller.change({ verb: "announce", stack });
    await controller.change({ verb: "promote", stack });
  }
  await controller.change({ verb: "drain", stack: "green" });
  await controller.change({ verb: "off", stack: "green" });
  await controller.change({ verb: "announce", stack: "green" });
  await controller.change({ verb: "announce", stack: "blue" });
});

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
  await Promise.all([blue?.close(), green?.close()]);
});

const newWork = { ":path": "/QueryEngineService/prepareStatementV2", "content-type": "application/grpc-web+proto" };
const continuing = { ...newWork, ":path": "/QueryEngineService/getNextResultBatch" };
const ofCluster = { ...newWork, ":path": "/ClusterService/status" };
const native = { "content-type": "application/grpc", te: "trailers" };

const call = (headers: OutgoingHttpHeaders, gateway = 0): Promise<RawAnswer> => {
  const connection = deployed.connections[gateway];
  if (connection === undefined) throw new Error(`no gateway ${gateway}`);
  return connection.call(headers);
};

/** Who has answered, or why nobody did; and where the answer says that new work goes. */
const told = ({ headers }: RawAnswer) =>
  [headers["x-upstream"] ?? headers["x-e6-reason"], headers["x-e6-new-strategy"] ?? "-"].join(" ");

/** What both gateways answer to new work and to a running query's call, on each stack and on none; they have to agree. */
async function answers(): Promise<Record<string, string>> {
  const kinds = { new: newWork, on: continuing };
  const asked = Object.entries(kinds).flatMap(([kind, headers]) =>
    [undefined, ...strategies].map((strategy) => [kind, strategy, headers] as const),
  );
  const rows = await Promise.all(
    asked.map(async ([kind, strategy, headers]) => {
      const sent = strategy === undefined ? headers : { ...headers, strategy };
      const seen = await Promise.all(deployed.gateways.map(async (_, index) => told(await call(sent, index))));
      return [`${kind} ${strategy ?? "any"}`, [...new Set(seen)].join(" | ")] as const;
    }),
  );
  return Object.fromEntries(rows);
}

const refused = "STRATEGY_MISMATCH";
/** What a table of two rows says: new work and running queries, each for any stack, blue and green. */
const expected = (fresh: readonly string[], running: readonly string[]) => ({
  ...{ "new any": fresh[0], "new blue": fresh[1], "new green": fresh[2] },
  ...{ "on any": running[0], "on blue": running[1], "on green": running[2] },
});
const steady = (target: Strategy) => {
  const row = strategies.map((stack) => `${stack} ${stack === target ? "-" : target}`);
  return [`${target} -`, ...row];
};

describe("a deployment", () => {
  it("goes from one stack to the other in every gateway, and says at each step where new work goes", async () => {
    expect(await answers()).toEqual(expected(steady("blue"), steady("blue")));
    await controller.change({ verb: "announce", stack: "green" });
    const announced = ["blue green", "blue green", "green -"];
    expect(await answers()).toEqual(expected(announced, announced));
    await controller.change({ verb: "promote", stack: "green" });
    // Both stacks take new work until the old one is drained.
    expect(await answers()).toEqual(expected(steady("green"), steady("green")));
    await controller.change({ verb: "drain", stack: "blue" });
    expect(await answers()).toEqual(expected(["green -", `${refused} green`, "green -"], steady("green")));
    await controller.change({ verb: "off", stack: "blue" });
    const off = ["green -", `${refused} green`, "green -"];
    expect(await answers()).toEqual(expected(off, off));
  });

  it("is the same where a verb is repeated", async () => {
    const verbs = [
      { verb: "announce", stack: "green" },
      { verb: "promote", stack: "green" },
      { verb: "drain", stack: "blue" },
      { verb: "rollback" },
      { verb: "drain", stack: "green" },
      { verb: "off", stack: "green" },
    ] as const;
    for (const wish of verbs) {
      const once = await controller.change(wish);
      const twice = await controller.change(wish);
      expect([wish, twice]).toEqual([wish, { before: once.state, state: once.state }]);
    }
  });

  it("refuses with all that a client needs: typed for gRPC-Web, in known words for native gRPC, in plain ones else", async () => {
    await controller.change({ verb: "promote", stack: "green" });
    await controller.change({ verb: "drain", stack: "blue" });
    const before = blue.calls.length;
    const web = await call({ ...newWork, strategy: "Blue", origin: "http://localhost:3000" });
    expect([web.status, web.body.length, web.resetCode]).toEqual([200, 0, 0]);
    expect(web.headers).toMatchObject({
      "grpc-status": "9",
      "grpc-message": "the stack asked for is not the active one",
      "x-e6-reason": refused,
      "x-e6-retry-safe": "true",
      "x-e6-active-strategy": "green",
      "x-e6-new-strategy": "green",
      "x-e6-upstream-status": "0",
      "access-control-allow-origin": "http://localhost:3000",
    });
    const grpc = await call({ ...newWork, ...native, strategy: "blue" });
    expect(grpc.headers).toMatchObject({
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": "2",
      "grpc-message": "Received http2 header with status: 456",
      "x-e6-new-strategy": "green",
    });
    // The cluster is looked at and woken up for queries that run.
    expect(told(await call({ ...ofCluster, strategy: "blue" }))).toBe("blue green");
    expect(blue.calls.length).toBe(before + 1);
    await controller.change({ verb: "off", stack: "blue" });
    expect(told(await call({ ...ofCluster, strategy: "blue" }))).toBe(`${refused} green`);
  });

  it("answers each form of the strategy header in one way while a stack drains", async () => {
    await controller.change({ verb: "promote", stack: "green" });
    await controller.change({ verb: "drain", stack: "blue" });
    const forms = [
      {},
      { strategy: "yellow" },
      { strategy: ["blue", "green"] },
      { strategy: "GREEN" },
      { strategy: "BLUE" },
    ];
    const seen = await Promise.all(forms.map(async (form) => told(await call({ ...newWork, ...form }))));
    expect(seen.map((line) => line.split(" ")[0])).toEqual([
      "green",
      "INVALID_STRATEGY",
      "INVALID_STRATEGY",
      "green",
      refused,
    ]);
  });

  it("is rolled back while the old stack drains, and that is taken back too, each time at once", async () => {
    await controller.change({ verb: "announce", stack: "green" });
    const promoted = await controller.change({ verb: "promote", stack: "green" });
    await controller.change({ verb: "drain", stack: "blue" });
    await expect(controller.change({ verb: "promote", stack: "blue" })).rejects.toMatchObject({
      code: "DEPLOYMENT_REFUSED",
      message: "blue is draining: roll back to make it active again",
    });
    await controller.rollback("errors\nand more");
    expect(await answers()).toEqual(expected(steady("blue"), steady("blue")));
    expect((await controller.read()).change).toMatchObject({ verb: "rollback", reason: "errors and more" });
    await controller.change({ verb: "restore", to: promoted.state });
    expect(await answers()).toEqual(expected(steady("green"), steady("green")));
    await controller.rollback("errors again");
    expect(await answers()).toEqual(expected(steady("blue"), steady("blue")));
  });

  it("comes to a state of its own where two controllers work at once", async () => {
    await controller.change({ verb: "announce", stack: "green" });
    const other = deployed.controller();
    const before = (await controller.read()).version;
    const outcomes = await Promise.allSettled([
      controller.change({ verb: "promote", stack: "green" }),
      other.change({ verb: "announce", stack: "blue" }),
      controller.change({ verb: "rollback" }),
      other.change({ verb: "promote", stack: "green" }),
    ]);
    const state = await controller.publish().then((step) => step.state);
    const made = outcomes.filter(({ status }) => status === "fulfilled").length;
    expect(state.version - before).toBeLessThanOrEqual(made);
    expect(state.version).toBeGreaterThan(before);
    const target = targetStack(state);
    const row = strategies.map((stack) => `${stack} ${stack === target ? "-" : target}`);
    const ofAny = row[strategies.indexOf(activeStack(state))] ?? "";
    expect(await answers()).toEqual(expected([ofAny, ...row], [ofAny, ...row]));
  });

  it("is found by a gateway that starts later, and ruled by nobody else", async () => {
    await controller.change({ verb: "promote", stack: "green" });
    await using late = await startGateway({ config: deployed.config });
    expect(late.state).toEqual({ active: "green", announced: undefined });
    await expect(late.apply({ active: "blue" })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: `the deployment in ${deployed.folder} decides: use npm run deploy`,
    });
  });
});

describe("promoteStack()", () => {
  const passing: Check = () => Promise.resolve({ verdict: "pass", words: "all is well" });
  const failing: Check = () => Promise.resolve({ verdict: "fail", words: "20 % errors" });
  const unsure: Check = () => Promise.reject(new Error("nobody called"));
  const checkFailed = (message: string) => ({ code: "CHECK_FAILED", message: expect.stringContaining(message) });

  beforeEach(() => controller.change({ verb: "announce", stack: "green" }));

  it.each([
    ["fails", failing, "the check before the promotion: fail (20 % errors). Nothing was changed"],
    ["cannot tell", unsure, "the check before the promotion: inconclusive (nobody called). Nothing was changed"],
  ])("changes nothing where the check before %s", async (_, before, message) => {
    const { version } = await controller.read();
    await expect(promoteStack(controller, "green", { before })).rejects.toMatchObject(checkFailed(message));
    expect((await controller.read()).version).toBe(version);
    expect((await answers())["new any"]).toBe("blue green");
  });

  it("leads new work back where the check after fails; a better release then takes its place, and is rolled back without a check", async () => {
    let checked = 0;
    const after: Check = async (state) => {
      checked += 1;
      expect(activeStack(state)).toBe("green");
      expect((await answers())["new any"]).toBe("green -");
      return failing(state);
    };
    await expect(promoteStack(controller, "green", { before: passing, after })).rejects.toMatchObject(
      checkFailed("the check after the promotion: fail (20 % errors). New work was led back"),
    );
    expect(await controller.read()).toMatchObject({
      stacks: { blue: "active", green: "standby" },
      change: { verb: "rollback", reason: "the check after the promotion: fail (20 % errors)" },
    });
    expect(await answers()).toEqual(expected(steady("blue"), steady("blue")));
    await controller.change({ verb: "announce", stack: "green" });
    await promoteStack(controller, "green", { before: passing, after: passing });
    expect(await answers()).toEqual(expected(steady("green"), steady("green")));
    await controller.rollback("by hand");
    expect(await answers()).toEqual(expected(steady("blue"), steady("blue")));
    expect(checked).toBe(1);
  });

  it("lets a promotion stand that the check after cannot judge, and says so", async () => {
    await expect(promoteStack(controller, "green", { after: unsure })).rejects.toMatchObject(
      checkFailed("inconclusive (nobody called). green is active: roll back, or see for yourself"),
    );
    expect((await answers())["new any"]).toBe("green -");
  });

  it("promotes nothing that was changed while it was checked", async () => {
    const before: Check = async (state) => {
      await controller.change({ verb: "announce", stack: "blue" });
      return passing(state);
    };
    await expect(promoteStack(controller, "green", { before })).rejects.toMatchObject({ code: "DEPLOYMENT_REFUSED" });
    expect((await answers())["new any"]).toBe("blue -");
  });

  it("waits until the callers of every gateway are ready, as their calls tell", async () => {
    const clock = fakeClock();
    const goal = { share: 0.9, window: 2000, minCalls: 10, deadline: 2000 };
    const readiness = (calls: readonly OutgoingHttpHeaders[]) =>
      awaitReadiness("green", goal, controller.replicas, {
        now: clock.now,
        async sleep(milliseconds) {
          // Half a window's calls, on both gateways.
          await Promise.all(calls.map((headers, index) => call({ ...continuing, ...headers }, index % 2)));
          await clock.sleep(milliseconds);
        },
      });
    const behind = { strategy: "blue" };
    const ready = { strategy: "blue", "x-e6-ready-strategy": "green" };
    const moved = { strategy: "green" };
    const signingIn = { strategy: "green", "x-e6-ready-strategy": "blue" };
    expect(await readiness([ready, moved, moved, ready, behind])).toEqual({
      isReady: false,
      census: { ready: 8, behind: 2 },
    });
    expect(await readiness([ready, moved, moved, ready, signingIn])).toMatchObject({ census: { ready: 8, behind: 2 } });
    // Who names no stack takes no part.
    expect(await readiness([ready, moved, moved, ready, moved, {}, {}])).toEqual({
      isReady: true,
      census: { ready: 10, behind: 0 },
    });
    const { version } = await controller.read();
    const term = { readiness: { ...goal, window: 0, deadline: 0 } };
    await expect(promoteStack(controller, "green", term)).rejects.toMatchObject({
      code: "NOT_READY",
      message: expect.stringContaining("nobody called; wanted are 90.0 % of 10 at least. Nothing was changed"),
    });
    expect((await controller.read()).version).toBe(version);
    await controller.change({ verb: "announce", stack: "blue" });
    await expect(promoteStack(controller, "green", term)).rejects.toMatchObject({ code: "DEPLOYMENT_REFUSED" });
  });
});

describe("draining", () => {
  it("waits for a stream of ten minutes, lets it end where it began, and says what is left when its time is over", async () => {
    const stream = call({ ...continuing, strategy: "blue", "x-script": "hold" }, 1);
    await blue.untilHeld(1);
    await controller.change({ verb: "promote", stack: "green" });
    await controller.change({ verb: "drain", stack: "blue" });
    const short = await awaitDrained("blue", { quiet: 0, deadline: 5000 }, controller.replicas, fakeClock());
    expect(short).toMatchObject({ isDrained: false, remainders: [{ inFlight: 0 }, { inFlight: 1, quietFor: 0 }] });
    const clock = fakeClock();
    const outcome = await awaitDrained("blue", { quiet: 60_000, deadline: 3_600_000 }, controller.replicas, {
      now: clock.now,
      async sleep() {
        await clock.sleep(20_000);
        if (clock.now() === 600_000) {
          blue.release();
          await stream;
        }
      },
    });
    // Its headers were made when blue was active: news comes with calls, not with what lasts.
    expect([told(await stream), (await stream).resetCode]).toEqual(["blue -", 0]);
    expect(outcome.isDrained).toBe(true);
    expect(clock.now()).toBeGreaterThanOrEqual(660_000);
  });

  it("is prolonged by each call of a running query, however short", async () => {
    await controller.change({ verb: "promote", stack: "green" });
    await controller.change({ verb: "drain", stack: "blue" });
    const clock = fakeClock();
    let fetches = 5;
    const outcome = await awaitDrained("blue", { quiet: 30_000, deadline: 3_600_000 }, controller.replicas, {
      now: clock.now,
      async sleep() {
        await clock.sleep(20_000);
        if (fetches-- > 0) await call({ ...continuing, strategy: "blue" });
        // Refused at the gate, so that callers who have heard of nothing do not keep a stack alive.
        await call({ ...newWork, strategy: "blue" });
      },
    });
    expect([outcome.isDrained, clock.now()]).toEqual([true, 140_000]);
  });
});
