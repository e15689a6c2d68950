/** `npm run bench -- [name…]`: runs the benchmarks with these names, or all, and prints what they found. */
import { arch, cpus, platform, totalmem } from "node:os";
import type { Benchmark } from "./benchmark.ts";
import { decodeBenchmark } from "./decode.ts";
import { mainThreadBenchmark } from "./main-thread.ts";
import { millionRowsBenchmark } from "./million-rows.ts";
import { peersBenchmark } from "./peers.ts";
import { replayBenchmark } from "./replay.ts";
import { sizeBenchmark } from "./size.ts";
import { smallQueryBenchmark } from "./small-query.ts";
import { storeBenchmark } from "./store.ts";

const benchmarks: readonly Benchmark[] = [
  decodeBenchmark,
  mainThreadBenchmark,
  millionRowsBenchmark,
  peersBenchmark,
  replayBenchmark,
  smallQueryBenchmark,
  storeBenchmark,
  sizeBenchmark,
];

/** The benchmarks with the given names; all where none is given. */
function chosen(names: readonly string[]): readonly Benchmark[] {
  const known = benchmarks.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no benchmark "${unknown}": name one of ${known.join(", ")}`);
  return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Node ${process.versions.node} on ${platform()} ${arch()}, ${cpus().length} × ${model}, ${memory} GiB`;
}

try {
  const selection = chosen(process.argv.slice(2));
  console.log(machine());
  for (const benchmark of selection) {
    console.log(`\n${benchmark.name}: ${benchmark.about}\n`);
    for (const line of await benchmark.run()) console.log(line);
  }
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
