import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import type { OutgoingHttpHeaders } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connectRaw, type RawAnswer, type RawConnection } from "../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { Admin } from "./admin.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { updateRoutes } from "./route-update.ts";
import { runFiles } from "./run-files.ts";

let blue: ScriptedUpstream;
let green: ScriptedUpstream;
let gateway: Gateway;
let raw: RawConnection;

beforeAll(async () => {
  [blue, green] = await Promise.all([
    startUpstream("blue", { "456": (stream) => stream.respond({ ":status": 456 }, { endStream: true }) }),
    startUpstream("green", {}),
  ]);
  gateway = await startGateway({ blue: { port: blue.port }, green: { port: green.port } });
  raw = await connectRaw(gateway.url);
});

beforeEach(() => gateway.apply({ active: "blue" }));

afterAll(async () => {
  await raw?.[Symbol.asyncDispose]();
  await gateway?.close();
  await Promise.all([blue?.close(), green?.close()]);
});

const grpcWeb = { ":path": "/QueryEngineService/status", "content-type": "application/grpc-web+proto" };
const call = (headers: OutgoingHttpHeaders = {}): Promise<RawAnswer> => raw.call({ ...grpcWeb, ...headers });

const news = async (headers: OutgoingHttpHeaders) => (await call(headers)).headers["x-e6-new-strategy"];

describe("apply()", () => {
  it("moves calls without a strategy, and only those", async () => {
    await gateway.apply({ active: "green" });
    expect(gateway.state).toEqual({ active: "green" });
    const answers = await Promise.all([call(), call({ strategy: "blue" }), call({ strategy: "green" })]);
    expect(answers.map(({ headers }) => headers["x-upstream"])).toEqual(["green", "blue", "green"]);
  });

  it("has the stacks that are not the target say where new work goes", async () => {
    const seen = async () => Promise.all([news({}), news({ strategy: "blue" }), news({ strategy: "green" })]);
    expect(await seen()).toEqual([undefined, undefined, "blue"]);
    await gateway.apply({ active: "blue", announced: "green" });
    expect(await seen()).toEqual(["green", "green", undefined]);
    await gateway.apply({ active: "green" });
    expect(await seen()).toEqual([undefined, "green", undefined]);
    await gateway.apply({ active: "blue" });
    expect(await seen()).toEqual([undefined, undefined, "blue"]);
  });

  it("says it on errors and to native callers too", async () => {
    await gateway.apply({ active: "blue", announced: "green" });
    expect((await call({ strategy: "blue", "x-script": "456" })).headers).toMatchObject({
      "x-e6-reason": "STRATEGY_MISMATCH",
      "x-e6-active-strategy": "blue",
      "x-e6-new-strategy": "green",
    });
    const native = await call({
      "content-type": "application/grpc",
      te: "trailers",
      strategy: "blue",
      "x-script": "456",
    });
    expect([native.status, native.headers["x-e6-new-strategy"]]).toEqual([456, "green"]);
  });

  it("lets the calls in flight end where they began", async () => {
    const calls = Array.from({ length: 50 }, (_, index) =>
      call({ "x-script": "hold", ...(index % 2 === 0 ? {} : { strategy: "blue" }) }),
    );
    await blue.untilHeld(50);
    for (const active of ["green", "blue", "green"] as const) {
      await gateway.apply({ active });
      expect((await call()).headers["x-upstream"]).toBe(active);
    }
    blue.release();
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ headers, resetCode }) => `${headers["x-upstream"]} ${resetCode}`))).toEqual(
      new Set(["blue 0"]),
    );
  });

  it("loses no call while the stacks change", async () => {
    let isOver = false;
    const caller = async () => {
      const problems: string[] = [];
      while (!isOver) {
        const { headers, resetCode } = await call();
        if (headers["x-upstream"] === undefined || resetCode !== 0) {
          problems.push(JSON.stringify(headers));
        }
      }
      return problems;
    };
    const callers = Array.from({ length: 8 }, caller);
    for (let flip = 0; flip < 20; flip += 1) {
      await gateway.apply({ active: flip % 2 === 0 ? "green" : "blue" });
    }
    isOver = true;
    expect((await Promise.all(callers)).flat()).toEqual([]);
  });

  it("makes changes that were asked for at once in their order", async () => {
    await Promise.all([
      gateway.apply({ active: "green" }),
      gateway.apply({ active: "blue" }),
      gateway.apply({ active: "green" }),
    ]);
    expect((await call()).headers["x-upstream"]).toBe("green");
  });

  it("refuses a state that is none, and keeps the former", async () => {
    const wrong: unknown = JSON.parse('{ "active": "yellow" }');
    // The types forbid it; a caller in JavaScript is not stopped by them.
    await expect(gateway.apply(wrong as Parameters<Gateway["apply"]>[0])).rejects.toThrow(
      'active is "yellow": must be blue or green',
    );
    expect((await call()).headers["x-upstream"]).toBe("blue");
  });
});

describe("updateRoutes()", () => {
  it.each([
    ["that are no JSON", "{"],
    [
      "that Envoy does not know",
      JSON.stringify({
        version_info: "x",
        resources: [{ "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", name: "e6", nope: 1 }],
      }),
    ],
  ])("takes back routes %s, and says what Envoy says", async (_, text) => {
    const files = runFiles(gateway.runDir);
    const former = await readFile(files.routes, "utf8");
    const update = updateRoutes(files, new Admin(gateway.adminUrl), { version: "x", text });
    await expect(update).rejects.toMatchObject({
      code: "ROUTES_REJECTED",
      message: expect.stringMatching(/^Envoy refuses the routes: .*(JSON|nope)/),
    });
    expect(await readFile(files.routes, "utf8")).toBe(former);
    expect((await call()).headers["x-upstream"]).toBe("blue");
    await gateway.apply({ active: "green" });
    expect((await call()).headers["x-upstream"]).toBe("green");
  });
});

describe("startGateway()", () => {
  it("tells pages of Envoy's own interface nothing that stops it", async () => {
    const answer = await fetch(`${gateway.adminUrl}/quitquitquit`, { method: "POST" });
    expect(answer.status).toBe(403);
    expect((await fetch(`${gateway.adminUrl}/ready`)).status).toBe(200);
  });

  it("refuses a port that is taken", async () => {
    const options = { blue: { port: 1 }, green: { port: 2 } };
    await expect(startGateway({ ...options, port: gateway.port })).rejects.toMatchObject({ code: "PORT_UNAVAILABLE" });
    await expect(startGateway({ ...options, port: gateway.port })).rejects.toThrow(
      `127.0.0.1:${gateway.port} (the port is taken)`,
    );
  });

  it("runs beside another, logs calls without credentials, and leaves only what it was told to keep", async () => {
    const runDir = await mkdtemp(join(tmpdir(), "gateway-test-"));
    const other = await startGateway({ blue: { port: blue.port }, green: { port: green.port }, runDir });
    expect(other.port).not.toBe(gateway.port);
    const { port } = await connectRaw(other.url).then(async (connection) => {
      await connection.call({ ...grpcWeb, authorization: "Bearer very-secret", plannerip: "10.9.8.7" });
      await connection[Symbol.asyncDispose]();
      return other;
    });
    await other.close();
    expect(await other.ended).toBeUndefined();
    await expect(other.apply({ active: "blue" })).rejects.toMatchObject({ code: "CLOSED" });
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow("fetch failed");
    const files = runFiles(runDir);
    const logs = await Promise.all(
      [files.clientLog, files.upstreamLog, files.envoyLog].map((log) => readFile(log, "utf8")),
    );
    expect(JSON.parse(logs[0] ?? "")).toMatchObject({
      method: "/QueryEngineService/status",
      route: "active.continue",
    });
    expect(JSON.parse(logs[1] ?? "")).toMatchObject({ upstream: "e6_blue", http_status: 200, grpc_status: 0 });
    expect(logs.join()).not.toMatch(/very-secret|10\.9\.8\.7/);
    await rm(runDir, { recursive: true });
  });

  it("tells when Envoy ends by itself, and leaves no folder", async () => {
    const other = await startGateway({ blue: { port: blue.port }, green: { port: green.port } });
    process.kill(other.pid, "SIGKILL");
    const reason = await other.ended;
    expect(reason).toMatchObject({ code: "ENVOY_ENDED", message: expect.stringContaining("SIGKILL") });
    await expect(other.apply({ active: "green" })).rejects.toMatchObject({ code: "ENVOY_ENDED" });
    await other.close();
    await expect(access(other.runDir)).rejects.toThrow("ENOENT");
  });
});
