import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import { type Connection, connect, type QueryHandle, sql } from "e6data-web";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

let mock: Mock;
let gateway: Gateway;

beforeAll(async () => {
  mock = await startMock({ scale: 0.001 });
  gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1 });
});

beforeEach(async () => {
  await mock.control.reset();
});

afterAll(async () => {
  // Whatever did not start has nothing to close.
  await gateway?.close();
  await mock?.close();
});

const byPassword = () => connect({ url: gateway.url, user: "ann", token: "secret" });
const byToken = () => connect({ url: gateway.url, accessToken: "token" });
const count = 1_000_000;
const numbers = sql`select i from range(${count}) t(i) order by i`;

/** How many queries the engine still keeps. */
function openQueries(): number {
  const { blue, green } = mock.control.state().stacks;
  return blue.queries + green.queries;
}

/** A handle on its way to elsewhere. */
function sent(handle: QueryHandle): QueryHandle {
  return JSON.parse(JSON.stringify(handle));
}

/** A query of many batches that is left at the engine, and the numbers of it that were read. */
async function leave(connection: Connection, readUpTo: number, secret = false) {
  const query = await connection.submit(numbers);
  const read: number[] = [];
  if (readUpTo > 0) {
    const stream = await query.stream({ dialect: "plain", prefetchBytes: 0 });
    for await (const [value] of stream) {
      read.push(Number(value));
      if (read.length === readUpTo) stream.detach();
    }
  }
  query.detach();
  return { handle: sent(query.handle({ includeSessionSecret: secret })), read };
}

async function readRest(connection: Connection, handle: QueryHandle): Promise<number[]> {
  const rest: number[] = [];
  const query = await connection.attach(handle);
  for await (const [value] of await query.stream({ dialect: "plain" })) rest.push(Number(value));
  return rest;
}

function expectAll(numbersRead: readonly number[]): void {
  expect(numbersRead.length).toBe(count);
  expect(numbersRead.every((value, index) => value === index)).toBe(true);
}

describe("a handle through Envoy", () => {
  it.each([0, 1, 50_000])("lets another connection read what is left, behind %i rows", async (readUpTo) => {
    const { handle, read } = await (async () => {
      await using first = byPassword();
      return await leave(first, readUpTo);
    })();
    expect(handle.rowsDelivered).toBe(read.length);
    expect(openQueries()).toBe(1);
    await using other = byPassword();
    const rest = await readRest(other, handle);
    expect(rest.length).toBeGreaterThan(0);
    expectAll([...read, ...rest]);
    await expect.poll(openQueries).toBe(0);
    expect(mock.control.calls().map(({ rpc }) => rpc)).not.toContain("cancelQuery");
  });

  it("goes on where the query lives after a switch, by a token, and by a session that travels along", async () => {
    for (const [open, secret] of [
      [byToken, false],
      [byPassword, true],
    ] as const) {
      await mock.control.reset();
      await using first = open();
      const { handle, read } = await leave(first, 1000, secret);
      mock.control.switch("green");
      await gateway.apply({ active: "green" });
      try {
        await using other = open();
        expect((await other.query("select 1")).strategy).toBe("green");
        expectAll([...read, ...(await readRest(other, handle))]);
      } finally {
        await gateway.apply({ active: "blue" });
      }
    }
  });

  it("goes on after a switch on the session that a connection has there", async () => {
    await using first = byPassword();
    await using other = byPassword();
    await other.query("select 1");
    const { handle, read } = await leave(first, 1000);
    mock.control.switch("green");
    expect((await other.query("select 1")).strategy).toBe("green");
    expectAll([...read, ...(await readRest(other, handle))]);
    const [, ...afterPrepare] = mock.control.calls().filter(({ query }) => query === handle.queryId);
    const places = new Set(afterPrepare.map(({ stack, plannerIp }) => `${stack} ${plannerIp}`));
    expect([...places]).toEqual([`blue ${handle.engineIP}`]);
  });

  it("wakes a suspended cluster", async () => {
    await using first = byPassword();
    const { handle } = await leave(first, 0);
    mock.control.suspend({ resumeMs: 0 });
    await using other = byPassword();
    expectAll(await readRest(other, handle));
  });
});

describe("a stale handle through Envoy", () => {
  const stale = { code: "STALE_HANDLE", retryable: false, strategy: "blue" };

  it("is told of a query that was cleared", async () => {
    await using first = byPassword();
    const query = await first.submit(numbers);
    const handle = sent(query.handle());
    await query.cancel();
    await using other = byPassword();
    await expect(other.attach(handle)).rejects.toMatchObject({ ...stale, queryId: handle.queryId });
  });

  it("is told of another user's query", async () => {
    await using first = byPassword();
    const { handle } = await leave(first, 0);
    await using other = connect({ url: gateway.url, user: "bob", token: "secret" });
    await expect(other.attach(handle)).rejects.toMatchObject(stale);
  });

  it("is told of a stack that takes no sign-in any more", async () => {
    await using first = byPassword();
    const { handle } = await leave(first, 0);
    mock.control.switch("green");
    await using other = byPassword();
    await expect(other.attach(handle)).rejects.toMatchObject(stale);
    expect((await other.query("select 1")).strategy).toBe("green");
  });

  it("is told of a stack that was switched off hard", async () => {
    await using first = byPassword();
    const { handle } = await leave(first, 0, true);
    mock.control.switch("green", { hard: true });
    await using other = byPassword();
    await expect(other.attach(handle)).rejects.toMatchObject(stale);
  });

  it("is not told of a session alone that is gone: another one of the user will do", async () => {
    await using first = byPassword();
    const { handle } = await leave(first, 0, true);
    mock.control.expire("blue");
    await using other = byPassword();
    expectAll(await readRest(other, handle));
  });
});
