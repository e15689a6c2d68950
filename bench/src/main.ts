/** `npm run bench -- [name…]`: runs the benchmarks with these names, or all, and prints what they found. */
import { arch, cpus, platform, totalmem } from "node:os";
import type { Benchmark } from "./benchmark.ts";

/**
 * The benchmarks by their names. Each is loaded when it is run: what the others bring along (browsers, builders, the peers' libraries)
 * would lie in the memory of the process, and every collection of garbage would walk through it.
 */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  decode: async () => (await import("./decode.ts")).decodeBenchmark,
  "million-rows": async () => (await import("./million-rows.ts")).millionRowsBenchmark,
  replay: async () => (await import("./replay.ts")).replayBenchmark,
  "small-query": async () => (await import("./small-query.ts")).smallQueryBenchmark,
  "main-thread": async () => (await import("./main-thread.ts")).mainThreadBenchmark,
  store: async () => (await import("./store.ts")).storeBenchmark,
  peers: async () => (await import("./peers.ts")).peersBenchmark,
  gateway: async () => (await import("./gateway-cost.ts")).gatewayBenchmark,
  "gateway-flip": async () => (await import("./gateway-flip.ts")).gatewayFlipBenchmark,
  "gateway-memory": async () => (await import("./gateway-memory.ts")).gatewayMemoryBenchmark,
  size: async () => (await import("./size.ts")).sizeBenchmark,
};

/** How to load the benchmarks with the given names; all where none is given. */
function chosen(names: readonly string[]): readonly (() => Promise<Benchmark>)[] {
  const known = Object.keys(benchmarks);
  return (names.length === 0 ? known : names).map((name) => {
    const load = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
    if (load === undefined) throw new Error(`there is no benchmark "${name}": name one of ${known.join(", ")}`);
    return load;
  });
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Node ${process.versions.node} on ${platform()} ${arch()}, ${cpus().length} × ${model}, ${memory} GiB`;
}

try {
  const selection = chosen(process.argv.slice(2));
  console.log(machine());
  for (const load of selection) {
    const benchmark = await load();
    console.log(`\n${benchmark.name}: ${benchmark.about}\n`);
    for (const line of await benchmark.run()) console.log(line);
  }
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
