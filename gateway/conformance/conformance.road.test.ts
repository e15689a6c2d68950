import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ensureConformance, runConformance } from "../../scripts/setup/conformance.mjs";

const folder = import.meta.dirname;

describe("the gateway in front of a gRPC server", () => {
  // HTTP/1.1 and HTTP/2, each in clear text and by TLS: 37 cases each.
  it("passes every unary case of the conformance suite of gRPC-Web", async () => {
    const { server } = await ensureConformance();
    const program = [process.execPath, "--conditions=e6data-source", join(folder, "gateway-under-test.ts"), server];
    const { code, output } = await runConformance("server", folder, program);
    expect(output).toContain("148 passed, 0 failed");
    expect(code).toBe(0);
  }, 300_000);
});
