import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { QueryEngineService } from "../gen/e6x_engine_pb.ts";
import { createAuthorization } from "./authorization.ts";

/** An engine that takes one token, and a provider that a test answers for. */
function createEngine(accepts: string, provide: () => Promise<string>) {
  const sent: (string | null)[] = [];
  const transport = createRouterTransport(
    (router) =>
      router.rpc(QueryEngineService.method.healthCheck, (_request, { requestHeader }) => {
        const authorization = requestHeader.get("authorization");
        sent.push(authorization);
        if (authorization !== `Bearer ${accepts}`) {
          throw new ConnectError("expired", Code.Unauthenticated);
        }
        return {};
      }),
    { transport: { interceptors: [createAuthorization(provide)] } },
  );
  return { sent, client: createClient(QueryEngineService, transport) };
}

describe("createAuthorization()", () => {
  it("asks the provider once for all calls", async () => {
    let asked = 0;
    const { sent, client } = createEngine("a", async () => {
      asked++;
      return "a";
    });
    await Promise.all([client.healthCheck({}), client.healthCheck({}), client.healthCheck({})]);
    await client.healthCheck({});
    expect([asked, sent]).toEqual([1, Array(4).fill("Bearer a")]);
  });

  it("asks once more for many calls that the same token fails", async () => {
    const tokens = ["old", "new", "newer"];
    const { client } = createEngine("new", async () => tokens.shift() ?? "");
    await Promise.all([client.healthCheck({}), client.healthCheck({}), client.healthCheck({})]);
    expect(tokens).toEqual(["newer"]);
  });

  it("keeps a new token when the refusal of an old one comes late", async () => {
    const tokens = ["old", "new", "newer"];
    const late = Promise.withResolvers<void>();
    let calls = 0;
    const transport = createRouterTransport(
      (router) =>
        router.rpc(QueryEngineService.method.healthCheck, async (_request, { requestHeader }) => {
          if (++calls === 1) {
            await late.promise;
          }
          if (requestHeader.get("authorization") === "Bearer old") {
            throw new ConnectError("expired", Code.Unauthenticated);
          }
          return {};
        }),
      { transport: { interceptors: [createAuthorization(async () => tokens.shift() ?? "")] } },
    );
    const client = createClient(QueryEngineService, transport);
    const first = client.healthCheck({});
    await client.healthCheck({});
    late.resolve();
    await first;
    expect(tokens).toEqual(["newer"]);
  });

  it("asks again after a failure", async () => {
    let asked = 0;
    const { client } = createEngine("a", () =>
      ++asked === 1 ? Promise.reject(new Error("down")) : Promise.resolve("a"),
    );
    await expect(client.healthCheck({})).rejects.toMatchObject({ cause: { code: "AUTHENTICATION_FAILED" } });
    await client.healthCheck({});
    expect(asked).toBe(2);
  });
});
