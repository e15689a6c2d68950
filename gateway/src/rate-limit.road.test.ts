import type { OutgoingHttpHeaders } from "node:http2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectRaw, type RawConnection } from "../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const page = "http://localhost:3000";
const stack = new AsyncDisposableStack();
let blue: ScriptedUpstream;
let gateway: Gateway;
let raw: RawConnection;

function configWith(listener: object): object {
  const addresses = [{ port: blue.port }];
  return {
    stacks: { blue: { addresses }, green: { addresses } },
    listener: { port: 0, origins: [page], ...listener },
    admin: { port: 0 },
    // No bucket is filled again while the tests run.
    rateLimits: { newWork: { calls: 3, per: "1h" }, continuing: { calls: 5, per: "1h" } },
    concurrency: 2,
  };
}

beforeAll(async () => {
  blue = stack.use(await startUpstream("blue", {}));
  gateway = stack.use(await startGateway({ config: configWith({ trustedProxies: 1 }) }));
  raw = stack.use(await connectRaw(gateway.url));
});

afterAll(() => stack.disposeAsync());

const newWork = "/QueryEngineService/prepareStatementV2";
const otherNewWork = "/QueryEngineService/getTables";
const continuing = "/QueryEngineService/getNextResultBatch";

/** A call as it comes from a proxy of one's own, which has seen a caller's address. */
const call = (address: string, path: string, headers: OutgoingHttpHeaders = {}, connection = raw) =>
  connection.call({
    ":path": path,
    "content-type": "application/grpc-web+proto",
    origin: page,
    "x-forwarded-for": address,
    ...headers,
  });

/** How many of ten calls one after another were let through. */
async function letThrough(address: string, path: string, headers: OutgoingHttpHeaders = {}): Promise<number> {
  let count = 0;
  for (let index = 0; index < 10; index += 1) {
    const answer = await call(address, path, headers);
    count += answer.headers["x-upstream"] === undefined ? 0 : 1;
  }
  return count;
}

describe("the rate limit", () => {
  it("is one for each class of calls, whichever call it is and whichever stack it names", async () => {
    expect(await letThrough("203.0.113.1", newWork)).toBe(3);
    expect(await letThrough("203.0.113.1", otherNewWork, { strategy: "green" })).toBe(0);
    expect(await letThrough("203.0.113.1", continuing)).toBe(5);
  });

  it("is one for each address of a caller, whatever the caller claims to be", async () => {
    expect(await letThrough("203.0.113.2", newWork)).toBe(3);
    expect(await letThrough("198.51.100.9, 203.0.113.2", newWork)).toBe(0);
    expect(await letThrough("203.0.113.3", newWork)).toBe(3);
  });

  it("remembers a caller while others call", async () => {
    expect(await letThrough("203.0.113.20", newWork)).toBe(3);
    for (let host = 21; host < 60; host += 1) {
      await call(`203.0.113.${host}`, newWork);
    }
    expect(await letThrough("203.0.113.20", newWork)).toBe(0);
  });

  it("believes nobody who he is where no proxy of one's own stands before the gateway", async () => {
    await using plain = await startGateway({ config: configWith({}) });
    await using other = await connectRaw(plain.url);
    const answers: string[] = [];
    for (const address of ["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"]) {
      const answer = await call(address, newWork, {}, other);
      answers.push(String(answer.headers["x-e6-reason"] ?? answer.headers["x-upstream"]));
    }
    expect(answers).toEqual(["blue", "blue", "blue", "RATE_LIMITED"]);
  });

  it("takes a network of IPv6 for one caller", async () => {
    expect(await letThrough("2001:db8:1:2::1", newWork)).toBe(3);
    expect(await letThrough("2001:db8:1:2:ffff::9", newWork)).toBe(0);
    expect(await letThrough("2001:db8:1:3::1", newWork)).toBe(3);
  });

  it("tells a page that it may try again, and when", async () => {
    await letThrough("203.0.113.4", newWork);
    const before = blue.calls.length;
    const answer = await call("203.0.113.4", newWork);
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
    expect(answer.headers).toMatchObject({
      "grpc-status": "8",
      "x-e6-reason": "RATE_LIMITED",
      "x-e6-retry-safe": "true",
      "x-e6-upstream-status": "0",
      "x-e6-active-strategy": "blue",
      "retry-after": "3600",
      "access-control-allow-origin": page,
    });
    expect(answer.headers["access-control-expose-headers"]?.split(",")).toContain("retry-after");
    expect(blue.calls.length).toBe(before);
  });

  it("tells a native caller in gRPC's own way", async () => {
    await letThrough("203.0.113.5", newWork);
    const { headers, status } = await call("203.0.113.5", newWork, {
      "content-type": "application/grpc",
      te: "trailers",
    });
    expect([status, headers["grpc-status"], headers["retry-after"]]).toEqual([200, "8", "3600"]);
  });

  it("counts neither preflights nor what the gate refuses", async () => {
    const preflight = { ":method": "OPTIONS", "access-control-request-method": "POST" };
    expect((await call("203.0.113.6", newWork, preflight)).headers["access-control-allow-origin"]).toBe(page);
    await letThrough("203.0.113.6", newWork, { strategy: "yellow" });
    expect(await letThrough("203.0.113.6", newWork)).toBe(3);
  });
});
