import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { HookEvent, HookSettings } from "../../config/hooks.ts";
import type { WatchEvent } from "../watch-event.ts";
import { HookRunner } from "./hook-runner.ts";

const subject = { phase: "promoted", candidate: "green", former: "blue", version: 3 } as const;
const promoted: WatchEvent = { event: "promoted", ...subject };
const rolledBack: WatchEvent = { event: "rolled-back", ...subject, version: 4, reason: "errors" };
const at = "2026-01-01T00:00:00.000Z";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hook-runner-test-"));
  await writeFile(join(folder, "secret"), `whsec_${Buffer.alloc(32).toString("base64")}`);
});

afterAll(() => rm(folder, { recursive: true }));

const commandHook = (script: string, on: readonly HookEvent[] = ["promoted", "rolled-back"]): HookSettings => ({
  name: "script",
  on,
  target: { kind: "command", command: ["/bin/sh", "-c", script], folder },
  timeout: 20_000,
  attempts: 3,
});

/** A runner whose pauses take no time. */
function runnerOf(...hooks: readonly HookSettings[]) {
  const failures: WatchEvent[] = [];
  const pauses: number[] = [];
  const clock = {
    now: () => 0,
    async sleep(milliseconds: number) {
      pauses.push(milliseconds);
    },
  };
  const runner = new HookRunner({ hooks, clock, onFailure: (event) => failures.push(event), random: () => 0.5 });
  return { runner, failures, pauses };
}

describe("HookRunner", () => {
  it("tells each hook what it wants to hear of, in order", async () => {
    const { runner, failures } = runnerOf(
      commandHook("(cat; echo) >> all"),
      commandHook("(cat; echo) >> some", ["rolled-back"]),
    );
    runner.tell(promoted, at);
    runner.tell(rolledBack, at);
    await runner.settled();
    const [all = [], some = []] = await Promise.all(
      ["all", "some"].map(async (name) => (await readFile(join(folder, name), "utf8")).trim().split("\n")),
    );
    const told = all.map((line) => JSON.parse(line));
    expect(told).toEqual([
      { id: expect.stringMatching(/^evt_[0-9a-f-]{36}$/), at, ...promoted },
      { id: expect.stringMatching(/^evt_/), at, ...rolledBack },
    ]);
    expect(some.map((line) => JSON.parse(line))).toMatchObject([rolledBack]);
    expect(failures).toEqual([]);
  });

  it("tries again after growing pauses, under the same id, until it is heard", async () => {
    const ids: unknown[] = [];
    const server = createServer((request, response) => {
      ids.push(request.headers["webhook-id"]);
      void text(request).then(() => response.writeHead(ids.length < 3 ? 503 : 200).end());
    }).listen(0, "127.0.0.1");
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
    const target = { kind: "webhook", url, secretFile: join(folder, "secret") } as const;
    const { runner, failures, pauses } = runnerOf({
      name: "chat",
      on: ["promoted"],
      target,
      timeout: 5000,
      attempts: 3,
    });
    runner.tell(promoted, at);
    await runner.settled();
    expect([ids.length, new Set(ids).size, failures]).toEqual([3, 1, []]);
    expect(pauses).toEqual([750, 1500]);
  });

  it("gives up after the last attempt, says so, and goes on with the next event", async () => {
    const { runner, failures, pauses } = runnerOf(commandHook("grep -q rolled-back || exit 3"));
    runner.tell(promoted, at);
    runner.tell(rolledBack, at);
    await runner.settled();
    expect(failures).toEqual([
      { event: "hook-failed", hook: "script", of: "promoted", problem: "it ended with exit code 3, 3 times" },
    ]);
    expect(pauses).toHaveLength(2);
  });

  it("does not try again what cannot do better", async () => {
    const target = { kind: "command", command: ["/none"], folder } as const;
    const { runner, failures, pauses } = runnerOf({ ...commandHook(""), target });
    runner.tell(promoted, at);
    await runner.settled();
    expect([failures, pauses]).toMatchObject([[{ problem: "it cannot be started (ENOENT)" }], []]);
  });

  it("keeps nobody waiting, and no more than a hundred events", async () => {
    const { runner, failures } = runnerOf({ ...commandHook("exit 1"), attempts: 1 });
    for (let number = 0; number < 102; number += 1) {
      runner.tell(promoted, at);
    }
    expect(failures).toHaveLength(2);
    expect(failures[0]).toMatchObject({ problem: "100 events wait for it already" });
    await runner.settled();
    expect(failures).toHaveLength(102);
  });

  it("leaves no timer where hooks are done before the time that they have", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const clock = {
      now: () => 0,
      sleep: (_: number, signal?: AbortSignal) => {
        signals.push(signal);
        return new Promise<void>(() => undefined);
      },
    };
    await new HookRunner({ hooks: [], clock, onFailure: () => undefined }).settledWithin(10);
    expect(signals[0]?.aborted).toBe(true);
  });

  it("ends what is still at work when that time is over, gives up what waits, and says both", async () => {
    const server = createServer(() => undefined).listen(0, "127.0.0.1");
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
    const target = { kind: "webhook", url, secretFile: join(folder, "secret") } as const;
    const { runner, failures } = runnerOf(
      { ...commandHook("sleep 600"), timeout: 600_000, attempts: 1 },
      { ...commandHook(""), name: "chat", target, timeout: 600_000 },
    );
    runner.tell(promoted, at);
    runner.tell(rolledBack, at);
    await runner.settledWithin(10);
    const problem = "the watch has ended before";
    expect(failures).toHaveLength(4);
    for (const [hook, of] of [
      ["script", "promoted"],
      ["script", "rolled-back"],
      ["chat", "promoted"],
      ["chat", "rolled-back"],
    ]) {
      expect(failures).toContainEqual({ event: "hook-failed", hook, of, problem });
    }
  });
});
