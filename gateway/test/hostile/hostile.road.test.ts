import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Gateway, startGateway } from "../../src/gateway.ts";
import { startUpstream } from "../scripted-upstream.ts";
import { type Assailed, assail } from "./assail.ts";
import { type Verdict, verdicts } from "./expectations.ts";

/** How many requests are tried. More of them, or others: `E6_HOSTILE_REQUESTS=100000 E6_HOSTILE_SEED=7`. */
const requests = Number(process.env["E6_HOSTILE_REQUESTS"] ?? 10_000);
/** The seed of most of them; the last fifth has one that nobody knows before. */
const seed = Number(process.env["E6_HOSTILE_SEED"] ?? 1);
/**
 * Bytes that Envoy may hold more at the end than after two fifths: of what it has allocated, for its pool of connections; and of all
 * its memory, with what its allocator keeps for later and what the filters' Lua takes, which has an allocator of its own.
 */
const allowances = { allocated: 4 * 2 ** 20, resident: 64 * 2 ** 20 };

const timeLimit = 60_000 + requests * 20;

/** How many requests there were of each kind. */
const tried = new Map<Verdict, number>();

const stack = new AsyncDisposableStack();
let assailed: Assailed;
let gateway: Gateway;

beforeAll(async () => {
  const [blue, green] = [stack.use(await startUpstream("blue", {})), stack.use(await startUpstream("green", {}))];
  gateway = stack.use(await startGateway({ blue, green }));
  assailed = { target: gateway, stacks: [blue, green], tried };
});

afterAll(() => stack.disposeAsync());

/** What Envoy has allocated, as it counts that itself every five seconds, and what the system has given it, in bytes. */
async function memory(): Promise<typeof allowances> {
  const [, allocated] = (await statistics("^server.memory_allocated$")).split(": ");
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(gateway.pid)]);
  return { allocated: Number(allocated), resident: Number(stdout) * 1024 };
}

async function statistics(filter: string): Promise<string> {
  return await (await fetch(`${gateway.adminUrl}/stats?filter=${filter}`)).text();
}

describe("hostile requests", () => {
  let before: typeof allowances | undefined;

  it(
    "are answered in the caller's terms or not at all, and reach no stack that they should not",
    async () => {
      await assail(assailed, (requests * 2) / 5, seed);
      before = await memory();
      await assail(assailed, (requests * 2) / 5, seed + 1);
      // Else the requests would be too crude, or too polite, to try anything.
      for (const verdict of verdicts) expect(tried.get(verdict) ?? 0, verdict).toBeGreaterThan(requests / 100);
    },
    timeLimit,
  );

  it("are so whatever the seed", () => assail(assailed, requests / 5, Math.floor(Math.random() * 2 ** 31)), timeLimit);

  it("leave nothing behind: no call, no connection, no memory, no error of a filter", async () => {
    if (before === undefined) throw new Error("the requests have found something: what they leave is not looked at");
    const { allocated, resident } = before;
    await vi.waitFor(
      async () => {
        expect(await statistics("^http\\.gateway\\.downstream_(rq|cx)_active$")).toBe(
          "http.gateway.downstream_cx_active: 0\nhttp.gateway.downstream_rq_active: 0\n",
        );
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(await statistics("lua\\..*errors$")).toMatch(/^(http\.gateway\.lua\.\w+\.errors: 0\n){2,}$/);
    await vi.waitFor(
      async () => {
        const after = await memory();
        expect(after.allocated - allocated).toBeLessThan(allowances.allocated);
        expect(after.resident - resident).toBeLessThan(allowances.resident);
      },
      { timeout: 30_000, interval: 100 },
    );
  });

  it("leave the same Envoy at work", async () => {
    const isEnded = await Promise.race([gateway.ended.then(() => true), Promise.resolve(false)]);
    expect(isEnded).toBe(false);
    expect((await fetch(`${gateway.adminUrl}/ready`)).status).toBe(200);
  });
});
