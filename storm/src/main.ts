/**
 * `npm run soak -- [--minutes N] [--seed N] [--tabs N] [--queries N] [--flips N] [--json FILE]`: tabs of a real browser in storms of
 * deployments, round after round, until the time is over or something is found.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { printReport } from "./print-report.ts";
import { describeFindings, type PhaseOutcome, type RoundSize, runRound, warmUp } from "./run-storm.ts";
import { openStorm } from "./storm.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: `${Date.now() % 2 ** 24}` },
    tabs: { type: "string", default: "8" },
    queries: { type: "string", default: "10000" },
    flips: { type: "string", default: "100" },
    json: { type: "string" },
  },
});

process.exitCode = await soak();

async function soak(): Promise<number> {
  const until = Date.now() + wholeNumber("minutes") * 60_000;
  const tabs = wholeNumber("tabs", 1);
  const size = { tabs, queries: wholeNumber("queries", 1), flips: wholeNumber("flips", 1) };
  const outcomes: PhaseOutcome[] = [];
  await using storm = await openStorm({ tabs });
  await warmUp(storm);
  // Phases have a seed each.
  for (let seed = wholeNumber("seed", 1); ; seed += 2) {
    try {
      for await (const outcome of runRound(storm, seed, size)) {
        outcomes.push(outcome);
        console.log(printReport(outcome.weather, outcome.summary));
        if (values.json !== undefined) await writeFile(values.json, JSON.stringify(outcomes, undefined, 2));
        if (outcome.findings.length > 0) return found(seed, size, describeFindings(outcome.findings));
      }
    } catch (error) {
      return found(seed, size, error instanceof Error ? `${error.stack}` : String(error));
    }
    if (Date.now() >= until) return 0;
  }
}

function found(seed: number, { tabs, queries, flips }: RoundSize, text: string): number {
  const again = `npm run soak -- --minutes 0 --seed ${seed} --tabs ${tabs} --queries ${queries} --flips ${flips}`;
  console.error(`FOUND in the round of seed ${seed}:\n${text}\n\nThe same deeds again:\n${again}`);
  return 1;
}

function wholeNumber(name: keyof typeof values, least = 0): number {
  const text = values[name];
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least) {
    throw new Error(`--${name} is "${text}": give a whole number from ${least} on`);
  }
  return number;
}
