import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { accessDenied, createSignedInMock, failure, good } from "../../test/signed-in-mock.ts";
import { createStackClient } from "../../test/stack-client.ts";
import { createManualClock } from "../clock.ts";

describe("authenticate", () => {
  it.each([
    ["the wrong password", { user: "ada", password: "wrong" }],
    ["no user", { user: "", password: "x" }],
    ["no password", { user: "ada", password: "" }],
  ])("answers %s with an empty session", async (_, credentials) => {
    await using given = await createSignedInMock();
    expect((await given.client.engine.authenticate(credentials)).sessionId).toBe("");
  });

  it("takes an impersonation and a custom claim, and the query is the impersonated user's", async () => {
    await using given = await createSignedInMock();
    const claims = { userNameForImpersonation: "bob", customIdentityClaim: "team=x" };
    const asBob = await given.client.engine.authenticate({ ...good, ...claims });
    const bob = await given.client.engine.authenticate({ user: "bob", password: "x" });
    const { queryId } = await given.client.engine.prepareStatement({ sessionId: asBob.sessionId, queryString: "q" });
    await given.client.engine.status({ sessionId: bob.sessionId, queryId });
    const ada = await failure(given.client.engine.status({ sessionId: given.sessionId, queryId }));
    expect(ada.code).toBe(Code.NotFound);
  });
});

describe("a session", () => {
  it("is unknown on the other stack", async () => {
    await using given = await createSignedInMock();
    given.mock.control.announce("green");
    using green = createStackClient(given.mock.green.port);
    expect(await failure(green.engine.getSchemaNames({ sessionId: given.sessionId }))).toEqual(accessDenied);
  });

  it("ends when the control interface expires it; the query lives on in another session of the user", async () => {
    await using given = await createSignedInMock();
    const request = await given.prepare("q");
    given.mock.control.expire("blue");
    expect(await failure(given.client.engine.status(request))).toEqual(accessDenied);
    const { sessionId } = await given.client.engine.authenticate(good);
    expect((await given.client.engine.status({ ...request, sessionId })).status).toBe(true);
  });

  it("alone may continue its query where that was asked for", async () => {
    await using given = await createSignedInMock({ queriesBoundToSession: true });
    const request = await given.prepare("q");
    const { sessionId } = await given.client.engine.authenticate(good);
    expect(await failure(given.client.engine.status({ ...request, sessionId }))).toEqual(accessDenied);
    await given.client.engine.status(request);
  });

  it("gets a new id where sessions slide, and the query goes on under it", async () => {
    await using given = await createSignedInMock({ sessionRefreshMs: 0, queriesBoundToSession: true });
    const { queryId, sessionId } = await given.client.engine.prepareStatement({
      sessionId: given.sessionId,
      queryString: "q",
    });
    expect(sessionId).not.toBe(given.sessionId);
    const answer = await given.client.engine.status({ sessionId, queryId });
    expect(answer.sessionId).not.toBe("");
    expect(answer.sessionId).not.toBe(sessionId);
    const [prepared, asked] = given.mock.control.calls().slice(-2);
    expect(prepared?.sessionKey).toEqual(expect.any(String));
    expect(asked?.sessionKey).toBe(prepared?.sessionKey);
  });

  it("runs out by the clock", async () => {
    const clock = createManualClock();
    await using given = await createSignedInMock({ clock, sessionIdleMs: 1000 });
    clock.advance(1000);
    expect(await failure(given.client.engine.getSchemaNames({ sessionId: given.sessionId }))).toEqual(accessDenied);
  });
});

describe("a bearer token", () => {
  it("takes the place of a session, which stays empty", async () => {
    await using given = await createSignedInMock();
    using client = createStackClient(given.mock.blue.port, { authorization: "Bearer abc" });
    const prepared = await client.engine.prepareStatement({ queryString: "q" });
    expect(prepared.sessionId).toBe("");
    expect((await client.engine.status({ queryId: prepared.queryId })).sessionId).toBe("");
    await client.engine.healthCheck({});
    expect(given.mock.control.calls().at(-1)).toMatchObject({ rpc: "healthCheck", authorization: "present" });
    expect(JSON.stringify(given.mock.control.calls())).not.toContain("abc");
  });

  it.each(["Bearer expired", "Basic YWRhOng=", "Bearer"])("is refused: %s", async (authorization) => {
    await using given = await createSignedInMock();
    using client = createStackClient(given.mock.blue.port, { authorization });
    for (const call of [client.engine.healthCheck({}), client.cluster.status({}), client.engine.getCataloges({})]) {
      expect((await failure(call)).code).toBe(Code.Unauthenticated);
    }
  });
});

describe("a query", () => {
  it("tells SQL errors in the engine's own words", async () => {
    const error = "Parser Error: syntax error at or near “ß” — status: 456\nLINE 1: …";
    await using given = await createSignedInMock({}, { bad: { error } });
    expect(await failure(given.prepare("bad"))).toEqual({ code: Code.InvalidArgument, message: error });
  });

  it("is not known by a wrong id, a wrong planner or to another user", async () => {
    await using given = await createSignedInMock();
    const request = await given.prepare("q");
    const wrong = await failure(given.client.engine.status({ ...request, queryId: "nope" }));
    expect(wrong).toMatchObject({ code: Code.NotFound, message: expect.stringContaining('"nope" is not known here') });
    const planner = await failure(given.client.engine.status({ ...request, engineIP: "10.9.9.9" }));
    expect(planner.message).toContain("another planner");
    using other = createStackClient(given.mock.blue.port, { plannerip: "10.9.9.9" });
    expect((await failure(other.engine.status(request))).message).toContain("another planner");
    const bob = await given.client.engine.authenticate({ user: "bob", password: "x" });
    expect((await failure(given.client.engine.status({ ...request, sessionId: bob.sessionId }))).code).toBe(
      Code.NotFound,
    );
  });

  it("waits in getResultMetadata until the result is final; status answers meanwhile", async () => {
    const { promise: until, resolve } = Promise.withResolvers<void>();
    await using given = await createSignedInMock({}, { slow: { until, rows: 3 } });
    const request = await given.prepare("slow");
    await given.client.engine.executeStatement(request);
    const metadata = given.client.engine.getResultMetadata(request);
    expect(await given.client.engine.status(request)).toMatchObject({ status: false, rowCount: 3n });
    resolve();
    expect((await metadata).resultMetaData).toEqual(Uint8Array.of(0, 3));
    expect(await given.client.engine.status(request)).toMatchObject({ status: true });
  });

  it("is interrupted by cancelQuery: whoever waits gets CANCELLED, and it can still be cleared", async () => {
    const { promise: until } = Promise.withResolvers<void>();
    await using given = await createSignedInMock({}, { slow: { until } });
    const request = await given.prepare("slow");
    const metadata = failure(given.client.engine.getResultMetadata(request));
    await given.client.engine.cancelQuery(request);
    expect((await metadata).code).toBe(Code.Canceled);
    expect((await failure(given.client.engine.getNextResultBatch(request))).code).toBe(Code.Canceled);
    await given.client.engine.clear(request);
    expect(given.engine.open).toBe(0);
  });

  it("is cleared by clearOrCancelQuery, running or not", async () => {
    const { promise: until } = Promise.withResolvers<void>();
    await using given = await createSignedInMock({}, { slow: { until } });
    for (const isDone of [true, false]) {
      const request = await given.prepare("slow");
      await given.client.engine.clearOrCancelQuery({ ...request, isDone });
      expect((await failure(given.client.engine.status(request))).message).toContain("was cleared");
    }
    expect(given.engine.open).toBe(0);
  });

  it("is interrupted by clearOrCancelQuery while it is running", async () => {
    const { promise: until } = Promise.withResolvers<void>();
    await using given = await createSignedInMock({}, { slow: { until } });
    const request = await given.prepare("slow");
    const metadata = failure(given.client.engine.getResultMetadata(request));
    await given.client.engine.clearOrCancelQuery(request);
    expect((await metadata).code).toBe(Code.Canceled);
  });

  it("explains itself, with the keys that callers of explainAnalyze know", async () => {
    await using given = await createSignedInMock();
    const request = await given.prepare("q");
    expect((await given.client.engine.explain(request)).explain).toBe("the plan");
    const answer = await given.client.engine.explainAnalyze(request);
    expect(answer).toMatchObject({ isCached: false, parsingTime: 1n, queueingTime: 3n });
    expect(JSON.parse(answer.explainAnalyze)).toEqual({
      total_query_time: 10.5,
      executionQueueingTime: 2.6,
      parsingTime: 1.4,
      rowcount: 1,
      profile: { operator: "SCAN" },
    });
  });

  it("is given back when it is idle for too long, and says so", async () => {
    const clock = createManualClock();
    await using given = await createSignedInMock({ clock, queryIdleMs: 1000 });
    const request = await given.prepare("q");
    clock.advance(1000);
    expect(given.engine.open).toBe(0);
    expect((await failure(given.client.engine.status(request))).message).toContain("nobody called about it");
  });

  it("gives way when too many are open, the one that was idle for the longest time first", async () => {
    await using given = await createSignedInMock({ maxOpenQueries: 1 });
    const first = await given.prepare("q");
    await given.prepare("q");
    expect((await failure(given.client.engine.status(first))).message).toContain("too many queries were open");
    expect(given.engine.open).toBe(1);
  });

  it("takes the planner that identifyPlanner named", async () => {
    await using given = await createSignedInMock();
    const { sessionId } = given;
    const { plannerIp = "", queueMessage } = await given.client.engine.identifyPlanner({ sessionId });
    expect(queueMessage).toBe(0);
    const { engineIP } = await given.client.engine.prepareStatement({ sessionId, queryString: "q", plannerIp });
    expect(engineIP).toBe(plannerIp);
  });
});

describe("fetches", () => {
  const batches = [1, 2, 3, 4, 5].map((byte) => new Uint8Array(100).fill(byte));

  it("take several batches at once up to the limit of bytes, then say that it is the end", async () => {
    await using given = await createSignedInMock({ batchesV2Bytes: 250 }, { q: { batches } });
    const request = await given.prepare("q");
    const first = await given.client.engine.getNextResultBatchV2(request);
    expect(first).toMatchObject({ resultBatches: batches.slice(0, 3), endOfStream: false });
    const second = await given.client.engine.getNextResultBatchV2(request);
    expect(second).toMatchObject({ resultBatches: batches.slice(3), endOfStream: true });
  });

  it("share one cursor in both versions", async () => {
    await using given = await createSignedInMock({ batchesV2Bytes: 1 }, { q: { batches } });
    const request = await given.prepare("q");
    expect((await given.client.engine.getNextResultBatch(request)).resultBatch).toEqual(batches[0]);
    expect((await given.client.engine.getNextResultBatchV2(request)).resultBatches).toEqual([batches[1]]);
    expect((await given.client.engine.getNextResultBatch(request)).resultBatch).toEqual(batches[2]);
  });

  it("are answered in their order, each batch once", async () => {
    await using given = await createSignedInMock({}, { q: { batches } });
    const request = await given.prepare("q");
    const answers = await Promise.all(batches.map(() => given.client.engine.getNextResultBatch(request)));
    expect(answers.map(({ resultBatch }) => resultBatch)).toEqual(batches);
  });

  it("may be asked to say 'ask again' first", async () => {
    await using given = await createSignedInMock({ askAgain: 1 }, { q: { batches } });
    const request = await given.prepare("q");
    const first = await given.client.engine.getNextResultBatchV2(request);
    expect(first).toMatchObject({ resultBatches: [], endOfStream: false });
    expect((await given.client.engine.getNextResultBatchV2(request)).resultBatches).toEqual(batches);
  });

  it("may lack their second version", async () => {
    await using given = await createSignedInMock({ batchesV2: false }, { q: { batches } });
    const request = await given.prepare("q");
    expect((await failure(given.client.engine.getNextResultBatchV2(request))).code).toBe(Code.Unimplemented);
    expect((await given.client.engine.getNextResultBatch(request)).resultBatch).toEqual(batches[0]);
  });

  it("carry the session's id and what is announced", async () => {
    await using given = await createSignedInMock();
    const request = await given.prepare("q");
    given.mock.control.announce("green");
    const { sessionId } = given;
    expect(await given.client.engine.getNextResultBatch(request)).toMatchObject({ sessionId, newStrategy: "green" });
    expect(await given.client.engine.getNextResultBatchV2(request)).toMatchObject({ sessionId, newStrategy: "green" });
  });

  it("meet the caller's deadline", async () => {
    const { promise: until } = Promise.withResolvers<void>();
    await using given = await createSignedInMock({}, { slow: { until } });
    const request = await given.prepare("slow");
    const late = failure(given.client.engine.getNextResultBatch(request, { timeoutMs: 50 }));
    expect((await late).code).toBe(Code.DeadlineExceeded);
  });
});

describe("catalogs", () => {
  it("are listed by both versions of the calls, an empty catalog being the default one", async () => {
    await using given = await createSignedInMock();
    const { client, sessionId } = given;
    const { catalogResponses } = await client.engine.getCataloges({});
    expect(catalogResponses).toMatchObject([{ name: "sample", isDefault: true }]);
    expect((await client.engine.getSchemaNames({ sessionId })).schemas).toEqual(["default-schema"]);
    expect((await client.engine.getSchemaNamesV2({ sessionId, catalog: "c" })).schemas).toEqual(["c-schema"]);
    expect((await client.engine.getTables({ sessionId, schema: "s" })).tables).toEqual(["default-s-table"]);
    const tables = await client.engine.getTablesV2({ sessionId, schema: "s", catalog: "c" });
    expect(tables.tables).toEqual(["c-s-table"]);
    const columns = await client.engine.getColumns({ sessionId, schema: "s", table: "t" });
    expect(columns.fieldInfo).toMatchObject([{ fieldName: "default-s-t", fieldType: "LONG" }]);
    const columnsV2 = await client.engine.getColumnsV2({ sessionId, schema: "s", table: "t", catalog: "c" });
    expect(columnsV2.fieldInfo).toMatchObject([{ fieldName: "c-s-t", fieldType: "LONG" }]);
  });

  it("need a session where the request has one", async () => {
    await using given = await createSignedInMock();
    expect(await failure(given.client.engine.getTables({ sessionId: "x", schema: "s" }))).toEqual(accessDenied);
  });
});

describe("the other calls", () => {
  it("dry-run a statement", async () => {
    await using given = await createSignedInMock();
    const request = { sessionId: given.sessionId, schema: "s", queryString: "q" };
    expect((await given.client.engine.dryRun(request)).dryrunValue).toBe("plan of q in ?.s");
    expect((await given.client.engine.dryRunV2({ ...request, catalog: "c" })).dryrunValue).toBe("plan of q in c.s");
  });

  it("take properties that are a JSON object and refuse others", async () => {
    await using given = await createSignedInMock();
    const { sessionId } = given;
    await given.client.engine.setProps({ sessionId, props: '{"a": "b"}' });
    for (const props of ["", "[]", "null", "{", '"x"']) {
      expect((await failure(given.client.engine.setProps({ sessionId, props }))).code).toBe(Code.InvalidArgument);
    }
  });

  it("answer UNIMPLEMENTED where only a platform would ask", async () => {
    await using given = await createSignedInMock();
    const { engine } = given.client;
    for (const call of [engine.updateUsers({}), engine.getNextRemoteCachedChunk({})])
      expect((await failure(call)).code).toBe(Code.Unimplemented);
  });
});

describe("the cluster service", () => {
  it("suspends and resumes, taking its time", async () => {
    const clock = createManualClock();
    await using given = await createSignedInMock({ clock, resumeMs: 5000 });
    const { cluster, engine } = given.client;
    expect((await cluster.status(good)).status).toBe("active");
    expect((await cluster.suspend(good)).status).toBe("suspended");
    expect((await cluster.resume(good)).status).toBe("resuming");
    clock.advance(4999);
    expect((await cluster.status(good)).status).toBe("resuming");
    clock.advance(1);
    expect((await cluster.status(good)).status).toBe("active");
    // Sessions outlast it.
    expect((await engine.getSchemaNames({ sessionId: given.sessionId })).schemas).toEqual(["default-schema"]);
  });

  it("fails to resume where it was told to", async () => {
    await using given = await createSignedInMock();
    given.mock.control.suspend({ resumeMs: 0, resumeFails: true });
    await given.client.cluster.resume(good);
    expect((await given.client.cluster.status(good)).status).toBe("failed");
  });

  it("refuses bad credentials", async () => {
    await using given = await createSignedInMock();
    const bad = await failure(given.client.cluster.suspend({ user: "ada", password: "wrong" }));
    expect(bad.code).toBe(Code.Unauthenticated);
    expect((await given.client.cluster.status(good)).status).toBe("active");
  });
});
