import type { IncomingHttpHeaders } from "node:http2";
import { startMock } from "@e6data-web/mock";
import type { Strategy } from "e6data-web/headers";
import { beforeAll, describe, expect, it } from "vitest";
import { startQueries } from "../test/client-queries.ts";
import { countEndings, endings } from "../test/endings.ts";
import {
  createFlipCallers,
  emptyTally,
  type FlipCallers,
  otherStack,
  type Tally,
  type Wire,
} from "../test/flip-callers.ts";
import { framed } from "../test/frame.ts";
import { goodBody, goodTrailers } from "../test/good-answer.ts";
import { type Attempt, startLoad } from "../test/load.ts";
import { connectRaw, type RawAnswer } from "../test/raw-call.ts";
import { connectHttp1 } from "../test/raw-http1.ts";
import { ok, type Script, startUpstream } from "../test/scripted-upstream.ts";
import { startTimeline } from "../test/timeline.ts";
import { createTrickle } from "../test/trickle.ts";
import { startGateway } from "./gateway.ts";

const status = { ":path": "/QueryEngineService/status", "content-type": "application/grpc-web+proto" };

/** What came of many changes. */
interface Outcome {
  readonly tally: Tally;
  readonly problems: readonly string[];
  /** Every numbered call as the stacks saw it. */
  readonly arrivals: readonly { readonly stack: string; readonly headers: IncomingHttpHeaders }[];
  /** Calls that were answered from before the first change until after the last: silent, slow, slow over HTTP/1.1. */
  readonly long: readonly RawAnswer[];
  /** The {@link endings} that Envoy had counted when all were connected, and at the end. */
  readonly counted: readonly ReadonlyMap<string, string>[];
}

async function flipUnderLoad(flips: number): Promise<Outcome> {
  let accepting: Strategy = "blue";
  const newWork: Script = (stream, upstream) =>
    upstream.name === accepting ? ok(stream, upstream) : stream.respond({ ":status": 456 }, { endStream: true });
  const trickle = createTrickle();
  const scripts = { "new work": newWork, slow: trickle.script };
  await using blue = await startUpstream("blue", scripts);
  await using green = await startUpstream("green", scripts);
  await using gateway = await startGateway({ blue, green });
  const timeline = startTimeline("blue");
  const connections = [
    ...(await Promise.all(Array.from({ length: 5 }, () => connectRaw(gateway.url)))),
    ...Array.from({ length: 10 }, () => connectHttp1(gateway.url, undefined, true)),
  ];
  const wires: readonly Wire[] = connections.map((connection) => ({ connection, sight: timeline.connection() }));
  const overH1 = connectHttp1(gateway.url, undefined, true);
  const long = Promise.all([
    connections[0]?.call({ ...status, "x-script": "hold" }),
    connections[1]?.call({ ...status, "x-script": "slow" }),
    overH1.call({ ...status, "x-script": "slow" }),
  ]);
  await Promise.all([blue.untilHeld(1), trickle.untilCalled(2)]);

  const tally = emptyTally();
  const callers = createFlipCallers(tally);
  // Over HTTP/1.1 a connection has one call at a time.
  const load = startLoad(
    wires.flatMap((wire, index) =>
      Array.from({ length: index < 5 ? 38 : 1 }, (_, turn) => callerOf(callers, wire, turn)),
    ),
  );
  const followers = wires.map(callers.followed);
  const follow = async () => Promise.all(followers.map((followed) => followed()));
  const problems = await follow();
  const before = await countEndings(gateway);
  for (let flip = 1; flip <= flips; flip += 1) {
    const stack: Strategy = flip % 2 === 1 ? "green" : "blue";
    if (flip % 4 === 1) {
      await gateway.apply({ active: otherStack(stack), announced: stack });
    }
    timeline.change(stack);
    // Now the engines hear of it first, now the gateway.
    if (flip % 3 === 0) {
      accepting = stack;
    }
    await gateway.apply({ active: stack });
    accepting = stack;
    trickle.send(Uint8Array.of(flip));
    problems.push(...(await follow()));
  }
  blue.release();
  trickle.end();
  const answers = await long;
  const after = await countEndings(gateway);
  problems.push(...(await load.stop()));
  await Promise.all([...connections, overH1].map((connection) => connection[Symbol.asyncDispose]()));
  return {
    tally,
    problems: problems.filter((problem) => problem !== undefined),
    arrivals: [blue, green].flatMap(({ name, calls }) =>
      calls.filter((headers) => "x-call" in headers).map((headers) => ({ stack: name, headers })),
    ),
    long: answers.filter((answer) => answer !== undefined),
    counted: [before, after],
  };
}

/** Of each ten callers five leave the choice to the gateway, three go on somewhere, two begin new work. */
function callerOf(callers: FlipCallers, wire: Wire, turn: number): Attempt {
  if (turn % 10 < 5) {
    return callers.routed(wire);
  }
  return turn % 10 < 8 ? callers.pinned(wire, turn % 2 === 0 ? "blue" : "green") : callers.beginning(wire);
}

describe("apply(), 100 times in a row with 200 calls in flight", () => {
  const flips = 100;
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await flipUnderLoad(flips);
  }, 120_000);

  it("fails no call but by typed mismatches, and leads none to the wrong stack", () => {
    expect(outcome.problems).toEqual([]);
    const { calls, decided, mismatches } = outcome.tally;
    // Else the line above would say little.
    expect(calls).toBeGreaterThan(5000);
    expect(decided).toBeGreaterThan(1000);
    expect(mismatches).toBeGreaterThan(flips);
  });

  it("asks one stack, by its name, once for each call", () => {
    const { arrivals, tally } = outcome;
    const numbers = arrivals.map(({ headers }) => Number(headers["x-call"])).toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: tally.calls }, (_, index) => index + 1));
    expect(arrivals.filter(({ stack, headers }) => headers["strategy"] !== stack)).toEqual([]);
  });

  it("lets a silent call and slow streams end where they began", () => {
    const messages = Array.from({ length: flips }, (_, index) => framed(Uint8Array.of(index + 1)));
    expect(outcome.long.map(({ headers, resetCode }) => [headers["x-upstream"], resetCode])).toEqual([
      ["blue", 0],
      ["blue", 0],
      ["blue", 0],
    ]);
    const slow = Buffer.concat([...messages, goodTrailers]);
    expect(outcome.long.map(({ body }) => body)).toEqual([goodBody, slow, slow]);
  });

  it("ends no connection, on neither side", () => {
    const [before, after] = outcome.counted;
    expect([...(after?.keys() ?? [])]).toEqual(expect.arrayContaining(endings));
    expect(after).toEqual(before);
  });
});

describe("apply(), while the client queries", () => {
  it("costs no query, announced or not, whoever changes first, even where the old stack is gone at once", async () => {
    await using mock = await startMock({ scale: 0.001 });
    await using gateway = await startGateway({ blue: mock.blue, green: mock.green });
    const { control } = mock;
    const queries = startQueries([gateway.url], mock);
    await queries.quiet();
    for (let flip = 1; flip <= 16; flip += 1) {
      const stack: Strategy = flip % 2 === 1 ? "green" : "blue";
      if (flip % 3 === 1) {
        control.announce(stack);
        await gateway.apply({ active: otherStack(stack), announced: stack });
        await queries.quiet();
      }
      if (flip % 4 < 2) {
        await gateway.apply({ active: stack });
      }
      control.switch(stack, { hard: flip % 5 === 0 });
      await gateway.apply({ active: stack });
      await queries.quiet();
    }
    expect(await queries.end()).toEqual({ problems: [], astray: [], torn: [], refusals: new Set([456]) });
  }, 120_000);
});
