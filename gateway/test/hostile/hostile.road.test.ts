import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Gateway, startGateway } from "../../src/gateway.ts";
import { type ScriptedUpstream, startUpstream } from "../scripted-upstream.ts";
import { checkOutcome, checkUpstreamCall } from "./expectations.ts";
import { goodCallOf, hostileRequest, send } from "./hostile-request.ts";

/** How many requests are tried. More of them, or others: `E6_HOSTILE_REQUESTS=100000 E6_HOSTILE_SEED=7`. */
const requests = Number(process.env["E6_HOSTILE_REQUESTS"] ?? 10_000);
/** The seed of most of them; the last fifth has one that nobody knows before. */
const seed = Number(process.env["E6_HOSTILE_SEED"] ?? 1);
/** Bytes that Envoy may use more at the end than after the first fifth, for its pool of connections. */
const allowance = 4 * 2 ** 20;

const timeLimit = 60_000 + requests * 20;

const stack = new AsyncDisposableStack();
let stacks: readonly ScriptedUpstream[];
let gateway: Gateway;

beforeAll(async () => {
  const [blue, green] = [stack.use(await startUpstream("blue", {})), stack.use(await startUpstream("green", {}))];
  stacks = [blue, green];
  gateway = stack.use(await startGateway({ blue, green }));
});

afterAll(() => stack.disposeAsync());

/** Sends so many requests of a seed, one after another. A finding comes with the seed and the smallest request that shows it. */
async function assail(numRuns: number, seed: number): Promise<void> {
  const property = fc.asyncProperty(hostileRequest, async (request) => {
    checkOutcome(await send(gateway.port, request), goodCallOf(request));
    for (const { name, calls } of stacks) {
      for (const headers of calls.splice(0)) checkUpstreamCall(name, headers);
    }
  });
  await fc.assert(property, { numRuns, seed });
}

/** Bytes that Envoy has allocated, as it counts them every five seconds. What its allocator keeps for later is not among them. */
async function allocatedBytes(): Promise<number> {
  const [, bytes] = (await statistics("^server.memory_allocated$")).split(": ");
  return Number(bytes);
}

async function statistics(filter: string): Promise<string> {
  return await (await fetch(`${gateway.adminUrl}/stats?filter=${filter}`)).text();
}

describe("hostile requests", () => {
  let atFirst: number;

  it(
    "are answered in the caller's terms or not at all, and reach no stack that they should not",
    async () => {
      await assail(requests / 5, seed);
      atFirst = await allocatedBytes();
      await assail((requests * 3) / 5, seed + 1);
    },
    timeLimit,
  );

  it("are so whatever the seed", () => assail(requests / 5, Math.floor(Math.random() * 2 ** 31)), timeLimit);

  it("leave nothing behind: no call, no connection, no memory, no error of a filter", async () => {
    await vi.waitFor(
      async () => {
        expect(await statistics("^http\\.gateway\\.downstream_(rq|cx)_active$")).toBe(
          "http.gateway.downstream_cx_active: 0\nhttp.gateway.downstream_rq_active: 0\n",
        );
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(await statistics("lua\\..*errors$")).toBe(
      "http.gateway.lua.error_map.errors: 0\nhttp.gateway.lua.state_gate.errors: 0\n",
    );
    await vi.waitFor(async () => expect((await allocatedBytes()) - atFirst).toBeLessThan(allowance), {
      timeout: 30_000,
      interval: 100,
    });
  });

  it("leave the same Envoy at work", async () => {
    const isEnded = await Promise.race([gateway.ended.then(() => true), Promise.resolve(false)]);
    expect(isEnded).toBe(false);
    expect((await fetch(`${gateway.adminUrl}/ready`)).status).toBe(200);
  });
});
