import type { IncomingHttpHeaders } from "node:http2";
import { startMock } from "@e6data-web/mock";
import { connect } from "e6data-web";
import type { Strategy } from "e6data-web/headers";
import { beforeAll, describe, expect, it } from "vitest";
import { startQueries } from "../../test/client-queries.ts";
import { type DeployedGateways, startDeployed } from "../../test/deployed-gateways.ts";
import { countEndings, endings } from "../../test/endings.ts";
import { createFlipCallers, emptyTally, type FlipCallers, type Tally, type Wire } from "../../test/flip-callers.ts";
import { type Attempt, startLoad } from "../../test/load.ts";
import { connectHttp1 } from "../../test/raw-http1.ts";
import { type ScriptedUpstream, startUpstream } from "../../test/scripted-upstream.ts";
import { startTimeline, type Timeline } from "../../test/timeline.ts";
import type { DeploymentController } from "./controller.ts";
import type { ChangeVerb } from "./deployment-state.ts";
import { promoteStack } from "./promotion.ts";

/** What came of many changes. */
interface Outcome {
  readonly tally: Tally;
  readonly problems: readonly string[];
  /** Every call as the stacks saw it. */
  readonly arrivals: readonly { readonly stack: string; readonly headers: IncomingHttpHeaders }[];
  /** The changes that the history holds. */
  readonly verbs: readonly ChangeVerb[];
  /** What the gateways had counted of connections that ended, when all were connected and at the end. */
  readonly counted: readonly (readonly ReadonlyMap<string, string>[])[];
}

/** Of each gateway a connection over HTTP/2, for many calls at a time, and one over HTTP/1.1, for one. */
interface Gate {
  readonly wide: Wire;
  readonly narrow: Wire;
}

function gatesOf({ gateways, connections }: DeployedGateways, timeline: Timeline): readonly Gate[] {
  return connections.map((connection, index) => ({
    wide: { connection, sight: timeline.connection() },
    narrow: {
      connection: connectHttp1(gateways[index]?.url ?? "", undefined, true),
      sight: timeline.connection(),
    },
  }));
}

/** How many callers of each gateway have calls that last for several changes: who leave the choice to it, and who name each of the stacks. */
const held = { routed: 32, pinned: 32 };

function holdersOf({ routed, pinned }: FlipCallers, { wide }: Gate): readonly Attempt[] {
  const attempts = (count: number, attempt: () => Attempt) => Array.from({ length: count }, attempt);
  return [
    ...attempts(held.routed, () => routed(wide, "hold")),
    ...attempts(held.pinned, () => pinned(wide, "blue", "hold")),
    ...attempts(held.pinned, () => pinned(wide, "green", "hold")),
  ];
}

/** Callers of a gateway whose calls come and go. They are few: the changes are made on the same processor. */
function passersOf({ routed, arriving }: FlipCallers, { wide, narrow }: Gate, other: Gate): readonly Attempt[] {
  return [routed(narrow), routed(wide), arriving(wide, other.wide), arriving(other.wide, wide)];
}

/** Every fifth promotion was announced; after every fifth one blue is drained: gateways refuse it new work until the way back. */
async function promoteGreen(controller: DeploymentController, round: number): Promise<void> {
  if (round % 5 === 1) {
    await controller.change({ verb: "announce", stack: "green" });
  }
  await promoteStack(controller, "green");
  if (round % 5 === 3) {
    await controller.change({ verb: "drain", stack: "blue" });
  }
}

async function flipUnderLoad(rounds: number): Promise<Outcome> {
  await using blue = await startUpstream("blue", {});
  await using green = await startUpstream("green", {});
  await using deployed = await startDeployed({ blue: blue.port, green: green.port }, 2);
  const controller = deployed.controller();
  const timeline = startTimeline("blue");
  const gates = gatesOf(deployed, timeline);
  const tally = emptyTally();
  const callers = createFlipCallers(tally);
  const followers = gates.flatMap(({ wide, narrow }) => [wide, narrow]).map(callers.followed);
  const follow = async () => Promise.all(followers.map((followed) => followed()));
  const load = startLoad(
    gates.flatMap((gate, index) => [
      ...holdersOf(callers, gate),
      ...passersOf(callers, gate, gates.at(index - 1) ?? gate),
    ]),
  );
  const problems = await follow();
  const before = await Promise.all(deployed.gateways.map(countEndings));
  const flip = async (to: Strategy, change: () => Promise<unknown>) => {
    timeline.change(to);
    await change();
    problems.push(...(await follow()));
  };
  const release = () => {
    blue.release();
    green.release();
  };
  /** All callers who are to be held are so: at the stack that they name, or at the active one. */
  const hold = async (active: ScriptedUpstream) => {
    const count = (stack: ScriptedUpstream) => held.pinned + (stack === active ? held.routed : 0);
    const arrived = [blue, green].map((stack) => stack.untilHeld(gates.length * count(stack)));
    await Promise.race([Promise.all(arrived), load.failed]);
  };
  await hold(blue);
  for (let round = 1; round <= rounds; round += 1) {
    await flip("green", () => promoteGreen(controller, round));
    if (round % 5 === 2) {
      release();
      await hold(green);
    }
    await flip("blue", () => controller.rollback("the errors of a release"));
    if (round % 5 === 4) {
      release();
      await hold(blue);
    }
  }
  const after = await Promise.all(deployed.gateways.map(countEndings));
  const stopped = load.stop();
  release();
  problems.push(...(await stopped));
  const history = await controller.history(1000);
  await Promise.all(gates.map(({ narrow }) => narrow.connection[Symbol.asyncDispose]()));
  return {
    tally,
    problems: problems.filter((problem) => problem !== undefined),
    arrivals: [blue, green].flatMap(({ name, calls }) => calls.map((headers) => ({ stack: name, headers }))),
    verbs: history.map(({ change }) => change.verb),
    counted: [before, after],
  };
}

describe("promote and rollback, 100 times in a row on two gateways with 200 calls in flight", () => {
  const rounds = 50;
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await flipUnderLoad(rounds);
  }, 120_000);

  it("fail no call but by typed mismatches that are cured at once, and lead none to the wrong stack", () => {
    expect(outcome.problems).toEqual([]);
    const { calls, decided, mismatches } = outcome.tally;
    // Else the line above would say little.
    expect(calls).toBeGreaterThan(5000);
    expect(decided).toBeGreaterThan(1000);
    expect(mismatches).toBeGreaterThan(rounds);
  });

  it("bring each call that is not refused to one stack, once, and to the one that it names", () => {
    const { arrivals, tally } = outcome;
    const numbers = new Set(arrivals.map(({ headers }) => headers["x-call"]));
    expect([numbers.size, arrivals.length]).toEqual([arrivals.length, tally.calls - tally.mismatches]);
    expect(arrivals.filter(({ stack, headers }) => (headers["strategy"] ?? stack) !== stack)).toEqual([]);
  });

  it("end no connection, on neither side of either gateway", () => {
    const [before, after] = outcome.counted;
    expect(after?.map((counts) => [...counts.keys()])).toEqual(new Array(2).fill(expect.arrayContaining(endings)));
    expect(after).toEqual(before);
  });

  it("are changes of the deployment, of which none is taken back", () => {
    const made = Map.groupBy(outcome.verbs, (verb) => verb);
    expect(Object.fromEntries([...made].map(([verb, { length }]) => [verb, length]))).toEqual({
      begin: 1,
      announce: rounds / 5,
      promote: rounds,
      drain: rounds / 5,
      rollback: rounds,
    });
  });
});

describe("promote and rollback, while the client queries through two gateways", () => {
  it("cost no query, whoever changes first, gateways or engine, nor where the gateways refuse the old stack new work", async () => {
    await using mock = await startMock({ scale: 0.001 });
    await using deployed = await startDeployed({ blue: mock.blue.port, green: mock.green.port }, 2);
    const { control } = mock;
    const controller = deployed.controller();
    const urls = deployed.gateways.map(({ url }) => url);
    const queries = startQueries(urls, mock);
    const change = async (stack: Strategy, isEngineFirst: boolean, led: () => Promise<unknown>) => {
      for (const isEngine of [isEngineFirst, !isEngineFirst]) {
        await (isEngine ? control.switch(stack) : led());
      }
      await queries.quiet();
    };
    await queries.quiet();
    for (const round of [0, 1, 2, 3]) {
      // An engine that would go on taking new work on the old stack leaves it to the gateways to refuse it.
      await control.setStack("blue", { acceptsWhileDraining: round < 2 });
      control.announce("green");
      await controller.change({ verb: "announce", stack: "green" });
      await change("green", round % 2 === 0, () => promoteStack(controller, "green"));
      if (round < 2) {
        await controller.change({ verb: "drain", stack: "blue" });
        // Who comes now asks blue first: neither gateway lets it.
        for (const url of urls) {
          await using late = connect({ url, user: "late", token: "token" });
          expect((await late.query("select 1")).strategy).toBe("green");
        }
      }
      await change("blue", round > 1, () => controller.rollback("the errors of a release"));
    }
    expect(await queries.end()).toEqual({ problems: [], astray: [], torn: [], refusals: new Set([456]) });
  }, 60_000);
});
