import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { rawCall } from "../../test/raw-call.ts";
import { createScriptedEngine } from "../../test/scripted-engine.ts";
import { createStackClient } from "../../test/stack-client.ts";
import { type Mock, startMock } from "../mock.ts";

const start = () => startMock({ engine: createScriptedEngine() });

/** A call of the control interface: the status and the JSON that came back. */
async function call(mock: Mock, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(mock.controlUrl + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}

/** fetch sets its own Host: this asks with a foreign one. */
function statusWithHost(mock: Mock, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { port: mock.controlPort, host: "127.0.0.1", path: "/state", headers: { host } };
    const request = httpRequest(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject);
    request.end();
  });
}

describe("the control interface", () => {
  it("tells the state", async () => {
    await using mock = await start();
    const { status, json } = await call(mock, "GET", "/state");
    expect(status).toBe(200);
    expect(json).toEqual({
      active: "blue",
      announced: null,
      calledOffUntil: null,
      left: null,
      cluster: "active",
      queue: { waits: 0, message: "WAITING_ON_PLANNER_SCALEUP" },
      stacks: {
        blue: {
          port: mock.blue.port,
          role: "active",
          up: true,
          acceptsWhileStandby: true,
          acceptsWhileDraining: false,
          sessions: 0,
          queries: 0,
        },
        green: {
          port: mock.green.port,
          role: "standby",
          up: true,
          acceptsWhileStandby: true,
          acceptsWhileDraining: false,
          sessions: 0,
          queries: 0,
        },
      },
      faults: [],
    });
  });

  it("announces, calls off and switches, answering the state after it", async () => {
    await using mock = await start();
    expect((await call(mock, "POST", "/announce", { stack: "green" })).json).toMatchObject({ announced: "green" });
    const calledOff = await call(mock, "POST", "/announce", { stack: null });
    expect(calledOff.json).toMatchObject({ announced: null, calledOffUntil: expect.any(Number) });
    const switched = await call(mock, "POST", "/switch", { stack: "green", hard: true });
    expect(switched.json).toMatchObject({ active: "green", left: { stack: "blue", hard: true } });
    expect((await rawCall(mock.blue.port, "/QueryEngineService/clear")).headers[":status"]).toBe(456);
  });

  it("suspends and resumes, with or without a body", async () => {
    await using mock = await start();
    expect((await call(mock, "POST", "/suspend")).json).toMatchObject({ cluster: "suspended" });
    expect((await call(mock, "POST", "/resume", {})).json).toMatchObject({ cluster: "active" });
    expect((await call(mock, "POST", "/suspend", { resumeFails: true })).json).toMatchObject({ cluster: "suspended" });
  });

  it("takes faults and tells calls", async () => {
    await using mock = await start();
    const rule = { rpc: "healthCheck", stack: "blue", nth: 2, times: 1, form: "http-503-html" };
    expect((await call(mock, "POST", "/faults", [rule])).json).toMatchObject({ faults: [rule] });
    for (const expected of [200, 503, 200]) {
      const answer = await rawCall(mock.blue.port, "/QueryEngineService/healthCheck", {
        authorization: "Bearer s3cret",
      });
      expect(answer.headers[":status"]).toBe(expected);
    }
    const { json } = await call(mock, "GET", "/calls?after=1");
    expect(json).toEqual([
      {
        number: 2,
        time: expect.any(Number),
        stack: "blue",
        rpc: "healthCheck",
        class: "new",
        authorization: "present",
        fault: { form: "http-503-html" },
        outcome: { kind: "http", status: 503 },
      },
      {
        number: 3,
        time: expect.any(Number),
        stack: "blue",
        rpc: "healthCheck",
        class: "new",
        authorization: "present",
        outcome: { kind: "grpc", status: "OK" },
      },
    ]);
    await call(mock, "DELETE", "/calls");
    expect((await call(mock, "GET", "/calls")).json).toEqual([]);
    await call(mock, "POST", "/faults", [rule]);
    expect((await call(mock, "DELETE", "/faults")).json).toMatchObject({ faults: [] });
  });

  it("makes queries wait for planners, until it is reset", async () => {
    await using mock = await start();
    const set = await call(mock, "POST", "/queue", { waits: 3, message: "RATE_LIMIT" });
    expect(set.json).toMatchObject({ queue: { waits: 3, message: "RATE_LIMIT" } });
    const again = await call(mock, "POST", "/queue", { waits: 1 });
    expect(again.json).toMatchObject({ queue: { waits: 1, message: "WAITING_ON_PLANNER_SCALEUP" } });
    expect((await call(mock, "POST", "/reset")).json).toMatchObject({ queue: { waits: 0 } });
  });

  it("tells the sessions of both stacks", async () => {
    await using mock = await start();
    mock.control.announce("green");
    const sessions: object[] = [];
    for (const stack of ["blue", "green"] as const) {
      using client = createStackClient(mock[stack].port);
      const { sessionId } = await client.engine.authenticate({ user: "ada", password: "s3cret" });
      await client.engine.setProps({ sessionId, props: '{"a": 1}' });
      sessions.push({ stack, session: sessionId, user: "ada", props: { a: 1 } });
    }
    const { json } = await call(mock, "GET", "/sessions");
    expect(json).toEqual(sessions);
    expect(JSON.stringify(json)).not.toContain("s3cret");
  });

  it("expires sessions, changes a stack and resets everything", async () => {
    await using mock = await start();
    await call(mock, "POST", "/expire", { stack: "blue" });
    const changed = await call(mock, "POST", "/stack", { stack: "green", up: false, acceptsWhileStandby: false });
    expect(changed.json).toMatchObject({ stacks: { green: { up: false, acceptsWhileStandby: false } } });
    await call(mock, "POST", "/switch", { stack: "green" });
    await call(mock, "POST", "/faults", [{ rpc: "clear", form: "http-503" }]);
    await rawCall(mock.blue.port, "/QueryEngineService/healthCheck");
    expect(mock.control.calls()).toHaveLength(1);
    expect((await call(mock, "POST", "/reset")).json).toMatchObject({
      active: "blue",
      left: null,
      stacks: { green: { up: true, acceptsWhileStandby: true } },
      faults: [],
    });
    expect(mock.control.calls()).toEqual([]);
    expect((await rawCall(mock.green.port, "/QueryEngineService/clear")).headers[":status"]).toBe(200);
  });

  it.each([
    ["POST", "/announce", {}, 'The body lacks the key "stack"'],
    ["POST", "/announce", { stack: "red" }, 'stack is not one of "blue", "green"'],
    ["POST", "/announce", { stack: "blue", now: 1 }, 'The body has no key "now"; known: "stack"'],
    ["POST", "/announce", [], "The body is not an object"],
    ["POST", "/announce", "null", "The body is not an object"],
    ["POST", "/announce", "{", "The body is not JSON"],
    ["POST", "/switch", { stack: "blue", hard: "yes" }, "hard is not true or false"],
    ["POST", "/suspend", { resumeMs: -1 }, "resumeMs is not a whole number from 0 to 86400000"],
    ["POST", "/resume", { a: 1 }, 'The body has no key "a"; known: none'],
    ["POST", "/faults", {}, "The body is not a list"],
    ["POST", "/faults", [{}], 'The body[0] lacks the key "rpc"'],
    ["POST", "/faults", [{ rpc: "x", delayMs: 1 }], 'There is no RPC "x"'],
    ["POST", "/faults", [{ rpc: "clear", nth: 0, delayMs: 1 }], "The body[0].nth is not a whole number from 1"],
    ["POST", "/faults", [{ rpc: "clear", form: "boom" }], 'The body[0].form is not one of "http-456"'],
    ["POST", "/queue", {}, "waits"],
    ["POST", "/queue", { waits: -1 }, "waits"],
    ["POST", "/queue", { waits: 1, message: "GO_AHEAD" }, "message"],
    ["GET", "/calls?after=x", undefined, '"after" is not the number of a call'],
    ["POST", "/stack", { stack: "blue", __proto__x: 1 }, 'has no key "__proto__x"'],
  ])("refuses %s %s %j", async (method, path, body, message) => {
    await using mock = await start();
    const before = mock.control.state();
    const { status, json } = await call(mock, method, path, body);
    expect(status).toBe(400);
    expect(json).toEqual({ error: expect.stringContaining(message) });
    expect(mock.control.state()).toEqual(before);
  });

  it("refuses a foreign Host, a foreign Origin, another content type, too much, and what is not there", async () => {
    await using mock = await start();
    expect(await statusWithHost(mock, `evil.example:${mock.controlPort}`)).toBe(403);
    expect(await statusWithHost(mock, "127.0.0.1")).toBe(403);
    expect(await statusWithHost(mock, `localhost:${mock.controlPort}`)).toBe(200);
    const foreign = { origin: "http://evil.example" };
    expect((await call(mock, "POST", "/switch", { stack: "green" }, foreign)).status).toBe(403);
    expect((await call(mock, "GET", "/state", undefined, { origin: "null" })).status).toBe(403);
    expect((await call(mock, "GET", "/state", undefined, { origin: mock.controlUrl })).status).toBe(200);
    const form = { "content-type": "text/plain" };
    expect((await call(mock, "POST", "/switch", { stack: "green" }, form)).status).toBe(415);
    expect((await call(mock, "POST", "/faults", " ".repeat(2_000_000))).status).toBe(413);
    expect((await call(mock, "GET", "/nope")).status).toBe(404);
    expect((await call(mock, "GET", "/switch")).status).toBe(405);
    expect(mock.control.state().active).toBe("blue");
  });
});
