import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { callOf, routerFetch } from "../../test/router-fetch.ts";
import { QueryEngineService } from "../gen/e6x_engine_pb.ts";
import { executeStatement, healthCheck } from "../gen/e6x_engine_tables.ts";
import { withAuthorization } from "./authorization.ts";
import type { TokenProvider } from "./bearer-token.ts";
import { createUnaryTransport } from "./unary-transport.ts";

/** An engine that takes one token, and a provider that a test answers for. */
function createEngine(accepts: string, provide: () => Promise<string>, before = async () => undefined) {
  return createEngineWith(accepts, async () => ({ token: await provide() }), before);
}

/** The same, for a provider that is told what was refused and tells when a token ends; a test moves its clock. */
function createEngineWith(accepts: string, provide: TokenProvider, before = async () => undefined) {
  const clock = { now: 0 };
  const sent: (string | null)[] = [];
  const answer = async (_request: object, { requestHeader }: { requestHeader: Headers }) => {
    const authorization = requestHeader.get("authorization");
    sent.push(authorization);
    await before();
    if (authorization !== `Bearer ${accepts}`) {
      throw new ConnectError("expired", Code.Unauthenticated);
    }
    return {};
  };
  const fetch = routerFetch((router) =>
    router.service(QueryEngineService, { healthCheck: answer, executeStatement: answer }),
  );
  const transport = createUnaryTransport({ baseUrl: "https://gateway.example.com", maxBytes: 1000, fetch });
  const send = withAuthorization(transport, provide, () => clock.now);
  return {
    sent,
    clock,
    checkHealth: () => send(callOf(healthCheck, {})),
    execute: () => send(callOf(executeStatement, {})),
  };
}

describe("withAuthorization()", () => {
  it("asks the provider once for all calls", async () => {
    let asked = 0;
    const { sent, checkHealth } = createEngine("a", async () => {
      asked++;
      return "a";
    });
    await Promise.all([checkHealth(), checkHealth(), checkHealth()]);
    await checkHealth();
    expect([asked, sent]).toEqual([1, Array(4).fill("Bearer a")]);
  });

  it("asks once more for many calls that the same token fails", async () => {
    const tokens = ["old", "new", "newer"];
    const { checkHealth } = createEngine("new", async () => tokens.shift() ?? "");
    await Promise.all([checkHealth(), checkHealth(), checkHealth()]);
    expect(tokens).toEqual(["newer"]);
  });

  it("keeps a new token when the refusal of an old one comes late", async () => {
    const tokens = ["old", "new", "newer"];
    const late = Promise.withResolvers<undefined>();
    const waits = [late.promise];
    const { checkHealth } = createEngine(
      "new",
      async () => tokens.shift() ?? "",
      async () => await waits.shift(),
    );
    const first = checkHealth();
    await checkHealth();
    late.resolve(undefined);
    await first;
    expect(tokens).toEqual(["newer"]);
  });

  it("does not repeat a call that changes something, but asks for a token before the next", async () => {
    const tokens = ["old", "new"];
    const { sent, checkHealth, execute } = createEngine("new", async () => tokens.shift() ?? "");
    await expect(execute()).rejects.toMatchObject({ code: Code.Unauthenticated });
    await checkHealth();
    expect(sent).toEqual(["Bearer old", "Bearer new"]);
  });

  it("does not repeat a call with the token that was refused", async () => {
    const { sent, checkHealth } = createEngine("new", async () => "old");
    await expect(checkHealth()).rejects.toMatchObject({ code: Code.Unauthenticated });
    expect(sent).toEqual(["Bearer old"]);
  });

  it("asks again after a failure", async () => {
    let asked = 0;
    const { checkHealth } = createEngine("a", () =>
      ++asked === 1 ? Promise.reject(new Error("down")) : Promise.resolve("a"),
    );
    await expect(checkHealth()).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    await checkHealth();
    expect(asked).toBe(2);
  });

  it("tells the provider which token was refused, also by a call that is not repeated", async () => {
    const told: unknown[] = [];
    const { checkHealth, execute } = createEngineWith("new", async (refused) => {
      told.push(refused);
      return { token: refused === undefined ? "old" : "new" };
    });
    await expect(execute()).rejects.toMatchObject({ code: Code.Unauthenticated });
    await checkHealth();
    expect(told).toEqual([undefined, "old"]);
  });

  it("tells of a refusal once: a token that ends later was not refused", async () => {
    const told: unknown[] = [];
    const { clock, checkHealth } = createEngineWith("new", async (refused) => {
      told.push(refused);
      return { token: told.length === 1 ? "old" : "new", expiresAt: clock.now + 100_000 };
    });
    await checkHealth();
    clock.now = 50_000;
    await checkHealth();
    expect(told).toEqual([undefined, "old", undefined]);
  });

  it("asks for a new token a minute before the old one ends, so that none is refused", async () => {
    const tokens = ["first", "second"];
    const { sent, clock, execute } = createEngineWith("first", async () => ({
      token: tokens.shift() ?? "",
      expiresAt: 100_000,
    }));
    await execute();
    clock.now = 39_999;
    await execute();
    clock.now = 40_000;
    await expect(execute()).rejects.toMatchObject({ code: Code.Unauthenticated });
    expect(sent).toEqual(["Bearer first", "Bearer first", "Bearer second"]);
  });

  it("goes on with a token that is good for a while when the provider fails, and not longer", async () => {
    let asked = 0;
    const { sent, clock, execute } = createEngineWith("a", async () => {
      if (++asked > 1) throw new Error("down");
      return { token: "a", expiresAt: 100_000 };
    });
    await execute();
    clock.now = 99_999;
    await execute();
    clock.now = 100_000;
    await expect(execute()).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    expect([asked, sent.length]).toEqual([3, 2]);
  });
});
