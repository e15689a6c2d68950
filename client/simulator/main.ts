/**
 * `npm run simulate -- [--from N] [--histories N] [--minutes N] [--until-found] [--course NAME]`: lets one history of tabs and deployments happen
 * after the other, and tells which of them break a property. `--seed N [--shrink]`: one history, or the
 * smallest one made of it that breaks the same property, step by step.
 */
import { parseArgs } from "node:util";
import { History } from "./history.ts";
import { createPlan } from "./plan.ts";
import { shrink } from "./shrink.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    shrink: { type: "boolean", default: false },
    from: { type: "string", default: "1" },
    histories: { type: "string", default: "100000" },
    course: { type: "string" },
    "until-found": { type: "boolean", default: false },
    minutes: { type: "string", default: "60" },
  },
});

let current = 0;
process.on("unhandledRejection", (error) => {
  console.error(`FOUND with seed ${current}: a rejection that nobody handles`, error);
  process.exit(1);
});

// Nobody reads the stacks of the many errors that belong to a history, and they take their time.
Error.stackTraceLimit = 0;
process.exitCode =
  values.seed === undefined
    ? await many(wholeNumber("from", values.from), wholeNumber("histories", values.histories))
    : await one(wholeNumber("seed", values.seed));

/** Shows one history, or the smallest that can be made of it. */
async function one(seed: number): Promise<number> {
  current = seed;
  const whole = createPlan(seed);
  const first = values.shrink ? (await new History(whole).run()).findings[0] : undefined;
  const { moves, ...facts } = first === undefined ? whole : await shrink(whole, first.property);
  console.log(JSON.stringify(facts));
  for (const move of moves) console.log(JSON.stringify(move));
  const { findings } = await new History({ ...facts, moves }, (line) => console.log(line)).run();
  for (const { property, text } of findings) console.log(`FOUND ${property}: ${text}`);
  return findings.length > 0 ? 1 : 0;
}

/** Lets many happen, each from a seed of its own, and counts what came of them. */
async function many(from: number, histories: number): Promise<number> {
  const start = performance.now();
  const minutes = wholeNumber("minutes", values.minutes);
  const counts = new Map<string, number>();
  const found = new Map<string, Set<number>>();
  const mayGoOn = () => performance.now() - start < minutes * 60_000 && !(values["until-found"] && found.size > 0);
  let steps = 0;
  let done = 0;
  let seed = from;
  for (; seed < from + histories && mayGoOn(); seed++) {
    const plan = createPlan(seed);
    if (values.course !== undefined && values.course !== plan.course) continue;
    done++;
    current = seed;
    const end = await new History(plan).run();
    steps += end.steps;
    for (const [name, count] of Object.entries(end.counts)) counts.set(name, (counts.get(name) ?? 0) + count);
    for (const { property, text } of end.findings) {
      if (!found.has(property)) console.error(`FOUND with seed ${seed}: ${property}: ${text}`);
      found.set(property, (found.get(property) ?? new Set()).add(seed));
    }
  }
  const seconds = (performance.now() - start) / 1000;
  for (const [name, count] of [...counts].sort()) console.log(`${name.padEnd(36)}${count}`);
  console.log(`${done} histories, seeds ${from} to ${seed - 1}, ${steps} steps, in ${seconds.toFixed(1)} s`);
  for (const [property, seeds] of found) {
    console.error(
      `FOUND ${property}: ${seeds.size} histories, among them those of the seeds ${[...seeds].slice(0, 8).join(", ")}`,
    );
  }
  if (found.size > 0) console.error("See one of them with npm run simulate -- --seed N");
  return found.size > 0 ? 1 : 0;
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is a whole number, not "${text}"`);
  return number;
}
