import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { openAccess } from "../../test/open-access.ts";
import { addCatalogs } from "./add-catalogs.ts";

const definitions = { catalogs: [{ name: "lake", type: "GLUE" }] };

/** An engine that says each word in turn when it is asked for the outcome; the last one stays. */
function openWith(...words: readonly string[]) {
  const opened = openAccess();
  const { gateway } = opened;
  let asked = 0;
  gateway.overrides.addCatalogs = () => ({});
  gateway.overrides.getAddCatalogsResponse = () => ({
    status: words[Math.min(asked++, words.length - 1)] ?? "",
    failures: [{ name: "lake.a", type: "TABLE", reason: "no such file" }],
  });
  return opened;
}

describe("addCatalogs()", () => {
  it("hands the definitions over and asks, ever more slowly, until the engine is done", async () => {
    const { gateway, context } = openWith("in_progress", "running", "IN_PROGRESS", " Success");
    const outcome = await addCatalogs(context, definitions);
    expect(outcome.status).toBe("success");
    expect(gateway.calls[1]).toMatchObject({
      rpc: "addCatalogs",
      request: { sessionId: "blue-session-1", json: '{"catalogs":[{"name":"lake","type":"GLUE"}]}' },
    });
    expect(context.runtime).toMatchObject({ pauses: [200, 400, 800] });
  });

  it.each(["failed", "error"])("tells what could not be added where the engine says %s", async (word) => {
    const { context } = openWith(word);
    expect(await addCatalogs(context, definitions)).toEqual({
      status: "failed",
      failures: [{ name: "lake.a", type: "TABLE", reason: "no such file" }],
    });
  });

  it("asks again where a question was lost", async () => {
    const { gateway, context } = openWith("success");
    let lost = 0;
    gateway.intercept = (rpc) =>
      rpc === "getAddCatalogsResponse" && lost++ < 2 ? Promise.reject(new TypeError("fetch failed")) : undefined;
    expect((await addCatalogs(context, definitions)).status).toBe("success");
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "addCatalogs")).toHaveLength(1);
  });

  it.each([
    ["its stack", () => refusal("green")],
    ["its session", () => trailersOnly(Code.Internal, "Access denied")],
  ])("leaves open what came of it where %s is gone, and gives no second order", async (_what, answer) => {
    const { gateway, context } = openWith("success");
    gateway.intercept = (rpc) => (rpc === "getAddCatalogsResponse" ? answer() : undefined);
    await expect(addCatalogs(context, definitions)).rejects.toMatchObject({
      code: "SUBMISSION_UNKNOWN",
      strategy: "blue",
    });
    expect(gateway.calls.filter(({ rpc }) => rpc === "addCatalogs")).toHaveLength(1);
  });

  it("leaves open what came of it where the engine knows of no order of this session", async () => {
    const { gateway, context } = openWith("in_progress", "none");
    await expect(addCatalogs(context, definitions)).rejects.toMatchObject({ code: "SUBMISSION_UNKNOWN" });
    expect(gateway.calls.filter(({ rpc }) => rpc === "addCatalogs")).toHaveLength(1);
  });

  it("gives the order to the other stack where the first refuses it", async () => {
    const { gateway, context } = openWith("success");
    gateway.intercept = (rpc, stack) => {
      if (rpc !== "addCatalogs" || stack !== "blue") return undefined;
      gateway.active = "green";
      return refusal("green");
    };
    expect((await addCatalogs(context, definitions)).status).toBe("success");
    expect(gateway.rpcsOf("green")).toEqual(["authenticate", "addCatalogs", "getAddCatalogsResponse"]);
  });

  it("stops asking after five minutes", async () => {
    const { gateway, context } = openWith("in_progress");
    await expect(addCatalogs(context, definitions)).rejects.toMatchObject({ code: "SUBMISSION_UNKNOWN" });
    // 200 ms doubling to 5 s: 6.2 s for the first five pauses, then one for each 5 s.
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "getAddCatalogsResponse").length).toBeLessThan(70);
  });

  it("refuses definitions that are no object", async () => {
    const { gateway, context } = openWith("success");
    await expect(addCatalogs(context, [])).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    expect(gateway.calls).toEqual([]);
  });
});
