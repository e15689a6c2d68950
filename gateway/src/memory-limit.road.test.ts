import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { framed } from "../test/frame.ts";
import { goodBody, goodTrailers } from "../test/good-answer.ts";
import { createIdleCallers, largeAnswer } from "../test/idle-callers.ts";
import { connectRaw, type RawAnswer } from "../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { createTrickle } from "../test/trickle.ts";
import { Admin } from "./admin.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const stack = new AsyncDisposableStack();
const page = "http://localhost:3000";
/** As many as a gateway may have: Envoy takes no expression that is as long as all of them. */
const origins = [
  ...Array.from({ length: 99 }, (_, index) => `https://dashboard-${index}.department.example.com`),
  page,
];
const trickle = createTrickle();
let blue: ScriptedUpstream;
let gateway: Gateway;

beforeAll(async () => {
  blue = stack.use(await startUpstream("blue", { large: largeAnswer, trickle: trickle.script }));
  const stackSettings = { addresses: [{ port: blue.port }], healthCheck: { kind: "none" } };
  gateway = stack.use(
    await startGateway({
      config: {
        stacks: { blue: stackSettings, green: stackSettings },
        listener: { port: 0, origins },
        admin: { port: 0 },
        concurrency: 1,
        limits: { memory: "64MiB" },
      },
    }),
  );
});

afterAll(() => stack.disposeAsync());

const within = { timeout: 20_000, interval: 50 };

/** Whether Envoy turns away what comes. */
async function refuses(): Promise<boolean> {
  const name = "overload.envoy.overload_actions.stop_accepting_requests.active";
  return (await new Admin(gateway.adminUrl).stats(`^${name}$`)).get(name) === "1";
}

const path = "/QueryEngineService/getNextResultBatch";

/** On a connection of its own: short of memory, Envoy ends each with its answer. */
async function call(headers: Readonly<Record<string, string>> = web): Promise<RawAnswer> {
  await using connection = await connectRaw(gateway.url);
  return await connection.call({ ":path": path, ...headers });
}

const web = { "content-type": "application/grpc-web+proto" };
/** What a browser asks before it lets a page call. */
const preflight = { ":method": "OPTIONS", "access-control-request-method": "POST" };
const native = { "content-type": "application/grpc" };
const isAllowed = ({ headers }: RawAnswer) => headers["access-control-allow-origin"] !== undefined;

describe("a gateway whose memory is nearly full", () => {
  it("refuses new calls before a stack is asked, lets those in flight end well, and serves again when it has room", async () => {
    await using early = await connectRaw(gateway.url);
    const inFlight = early.call({
      ":path": path,
      ...web,
      "x-script": "trickle",
    });
    await trickle.untilCalled(1);
    const idle = createIdleCallers(gateway.url);
    stack.use(idle);
    // More than a megabyte each.
    await idle.add(70);
    await vi.waitFor(async () => expect(await refuses()).toBe(true), within);

    const heard = blue.calls.length;
    const told = { ":status": 200, "grpc-status": "14", "x-e6-reason": "OVERLOADED", "x-e6-retry-safe": "true" };
    expect((await call()).headers).toMatchObject(told);
    expect((await call(native)).headers["grpc-status"]).toBe("14");
    for (const headers of [web, preflight]) {
      expect.soft(isAllowed(await call({ ...headers, origin: page }))).toBe(true);
      expect.soft(isAllowed(await call({ ...headers, origin: `${page}.evil.test` }))).toBe(false);
      expect.soft(isAllowed(await call(headers))).toBe(false);
    }
    expect(blue.calls.length).toBe(heard);

    const message = new Uint8Array(100_000);
    trickle.send(message);
    trickle.end();
    const { body, resetCode } = await inFlight;
    expect(resetCode).toBe(0);
    expect(body.equals(Buffer.concat([framed(message), goodTrailers]))).toBe(true);

    idle[Symbol.dispose]();
    await vi.waitFor(async () => expect((await call()).body).toEqual(goodBody), within);
  });
});
