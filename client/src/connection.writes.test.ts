import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../test/fake-gateway.ts";
import { openTabs } from "../test/open-tabs.ts";
import { passTime } from "../test/pass-time.ts";

const losses: Readonly<Record<string, () => Response | Promise<Response>>> = {
  "the stack is no longer active": () => refusal("green"),
  "the session has gone": () => trailersOnly(Code.Internal, "Access denied"),
  "the answer is lost": () => Promise.reject(new TypeError("connection reset")),
};

describe("a statement that writes", () => {
  it.each(
    Object.entries(losses).flatMap(([why, lose]) =>
      ["getResultMetadata", "getNextResultBatch"].map((rpc) => [why, rpc, lose] as const),
    ),
  )("is run once, whatever comes after the engine has accepted it: %s at its %s", async (_why, rpc, lose) => {
    const { gateway, runtime, tabs, rest, close } = openTabs();
    gateway.standby = "green";
    gateway.intercept = (name) => (name === rpc ? lose() : undefined);
    const outcome = expect(tabs[0]?.query("insert into t values (1)")).rejects.toMatchObject({
      code: "RESULT_INTERRUPTED",
      retryable: false,
    });
    await passTime(runtime, outcome);
    await rest();
    expect(
      gateway.calls.filter(({ rpc: name }) => /^(prepare|execute)/.test(name)).map(({ rpc: name }) => name),
    ).toEqual(["prepareStatement", "executeStatement"]);
    await close();
  });
});
