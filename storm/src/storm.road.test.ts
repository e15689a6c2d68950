import { describe, expect, it } from "vitest";
import { printReport } from "./print-report.ts";
import { describeFindings, runRound, warmUp } from "./run-storm.ts";
import { openStorm } from "./storm.ts";

const tabs = 8;
/** What fits into the time that a test may take on a small machine; `npm run soak` does it all. */
const size = { tabs, queries: 2000, flips: 40 };

describe("runRound()", () => {
  it("finds nothing lost, done twice, waited out or told in a storm of deployments", { timeout: 540_000 }, async () => {
    const seed = Date.now() % 2 ** 24;
    await using storm = await openStorm({ tabs });
    await warmUp(storm);
    for await (const { weather, summary, findings } of runRound(storm, seed, size)) {
      console.log(printReport(weather, summary));
      expect(describeFindings(findings), `--seed ${seed}`).toBe("");
    }
  });
});
