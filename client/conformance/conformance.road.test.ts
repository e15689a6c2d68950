import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runConformance } from "../../scripts/setup/conformance.mjs";

const folder = import.meta.dirname;

describe("createGatewayTransport()", () => {
  it("passes the unary cases of the conformance suite of gRPC-Web, but for those that are known and why", async () => {
    const program = [process.execPath, "--conditions=e6data-source", join(folder, "client-under-test.ts")];
    const { code, output } = await runConformance("client", folder, program);
    expect(output).toContain("78 passed, 0 failed");
    expect(output).toContain("Another 7 failed as expected");
    expect(code).toBe(0);
  }, 300_000);
});
