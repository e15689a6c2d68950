import { Code } from "@connectrpc/connect";
import { IdentifyPlannerResponse_QueueMessage as Message } from "e6data-web/proto";
import { describe, expect, it } from "vitest";
import { createSignedInMock, failure, good } from "../../test/signed-in-mock.ts";
import { createStackClient } from "../../test/stack-client.ts";
import { createManualClock } from "../clock.ts";

describe("authenticate", () => {
  it("records as whom a call acts, and who signed in", async () => {
    await using given = await createSignedInMock();
    const { engine } = given.client;
    const { sessionId } = await engine.authenticate({ ...good, userNameForImpersonation: "bob" });
    const { queryId } = await engine.prepareStatement({ sessionId, queryString: "q" });
    await engine.getNextResultBatch({ sessionId, queryId });
    const bobs = given.mock.control.calls().filter(({ session }) => session === sessionId);
    expect(bobs.map(({ rpc, user, impersonator }) => [rpc, user, impersonator])).toEqual([
      ["authenticate", "bob", "ada"],
      ["prepareStatement", "bob", "ada"],
      ["getNextResultBatch", "bob", "ada"],
    ]);
    await engine.getTables({ sessionId: given.sessionId, schema: "s" });
    const last = given.mock.control.calls().at(-1);
    expect([last?.user, last && "impersonator" in last]).toEqual(["ada", false]);
    await failure(engine.getTables({ sessionId: "nobody's" }));
    expect(given.mock.control.calls().at(-1)).not.toHaveProperty("user");
    using client = createStackClient(given.mock.blue.port, { authorization: "Bearer abc" });
    await client.engine.getTables({ schema: "s" });
    expect(given.mock.control.calls().at(-1)?.user).toBe("token");
  });
});

describe("setProps", () => {
  it("keeps the properties of each session, later ones over earlier ones, for the control interface to see", async () => {
    await using given = await createSignedInMock();
    const { engine } = given.client;
    const { sessionId } = given;
    await engine.setProps({ sessionId, props: '{"a": 1, "b": {"c": [true]}}' });
    await engine.setProps({ sessionId, props: '{"a": "2", "__proto__": null}' });
    const bob = await engine.authenticate({ ...good, userNameForImpersonation: "bob" });
    const [first, second] = given.mock.control.sessions();
    expect(first).toMatchObject({
      stack: "blue",
      session: sessionId,
      user: "ada",
      props: { a: "2", b: { c: [true] } },
    });
    expect(second).toEqual({ stack: "blue", session: bob.sessionId, user: "bob", impersonator: "ada", props: {} });
    given.mock.control.expire();
    expect(given.mock.control.sessions()).toEqual([]);
  });

  it("refuses too many, and keeps those from before", async () => {
    await using given = await createSignedInMock();
    const { sessionId } = given;
    await given.client.engine.setProps({ sessionId, props: '{"a": 1}' });
    const props = JSON.stringify({ b: "x".repeat(65_536) });
    expect((await failure(given.client.engine.setProps({ sessionId, props }))).code).toBe(Code.ResourceExhausted);
    expect(given.mock.control.sessions()[0]?.props).toEqual({ a: 1 });
  });
});

describe("identifyPlanner", () => {
  it("makes a query wait as the control says, then names a planner; prepare goes on under the query's id", async () => {
    const clock = createManualClock();
    await using given = await createSignedInMock({ clock });
    const { engine } = given.client;
    const { sessionId } = given;
    given.mock.control.queue({ waits: 2, message: "RATE_LIMIT" });
    const firstTimeRequestPayload = { schema: "s", catalog: "c", queryString: "q" };
    const first = await engine.identifyPlanner({ sessionId, firstTimeRequestPayload });
    expect(first).toMatchObject({
      queueMessage: Message.RATE_LIMIT,
      existingQuery: { elapsedTimeMillis: 0n },
      sessionId,
    });
    expect(first.plannerIp).toBe(undefined);
    clock.advance(1500);
    const { existingQuery } = first;
    const ask = async () => await engine.identifyPlanner({ sessionId, ...(existingQuery && { existingQuery }) });
    expect(await ask()).toMatchObject({
      queueMessage: Message.RATE_LIMIT,
      existingQuery: { queryId: existingQuery?.queryId, elapsedTimeMillis: 1500n },
    });
    clock.advance(500);
    const last = await ask();
    expect(last).toMatchObject({ queueMessage: Message.GO_AHEAD, existingQuery: { elapsedTimeMillis: 2000n } });
    const { plannerIp = "" } = last;
    const wish = { sessionId, queryString: "q", plannerIp, ...(existingQuery && { existingQuery }) };
    const prepared = await engine.prepareStatement(wish);
    expect(prepared).toMatchObject({ queryId: existingQuery?.queryId, engineIP: plannerIp });
    expect((await engine.prepareStatement(wish)).queryId).not.toBe(prepared.queryId);
    const asked = given.mock.control.calls().filter(({ rpc }) => rpc === "identifyPlanner");
    expect(asked.map(({ query }) => query)).toEqual(Array(3).fill(prepared.queryId));
  });

  it("does not let a caller choose the id of a query", async () => {
    await using given = await createSignedInMock();
    const existingQuery = { queryId: "mine", elapsedTimeMillis: 0n };
    const { sessionId } = given;
    const prepared = await given.client.engine.prepareStatement({ sessionId, queryString: "q", existingQuery });
    expect(prepared.queryId).not.toBe("mine");
  });
});

describe("getDynamicParams", () => {
  it("tells the placeholders of a prepared statement, without a value", async () => {
    await using given = await createSignedInMock();
    const request = await given.prepare("q");
    const { params, sessionId } = await given.client.engine.getDynamicParams(request);
    expect(params).toMatchObject([{ index: 0, type: "LONG", value: "" }]);
    expect(sessionId).toBe(given.sessionId);
    expect((await failure(given.client.engine.getDynamicParams({ ...request, queryId: "x" }))).code).toBe(
      Code.NotFound,
    );
  });
});

describe("analyzeQuery", () => {
  it("answers nothing for a good query, and the engine's error for another", async () => {
    await using given = await createSignedInMock({}, { bad: { error: "Parser Error: no" } });
    await given.client.engine.analyzeQuery({ query: "q", catalog: "sample", schema: "tpch" });
    expect(await failure(given.client.engine.analyzeQuery({ query: "bad" }))).toEqual({
      code: Code.InvalidArgument,
      message: "Parser Error: no",
    });
  });
});
