import type { Latency, PhaseSummary, Spread } from "./report.ts";

/** A summary as a table for people. */
export function printReport(name: string, summary: PhaseSummary): string {
  const { seed, seconds, tabs, jobs, calls, flips, mishaps, switches, latency, counts, ends, heapGrowth } = summary;
  const rows: readonly (readonly [string, string])[] = [
    ["queries", `${jobs} in ${tabs} tabs, ${calls} calls, ${seconds.toFixed(1)} s`],
    ["flips", list(flips)],
    ["mishaps", list(mishaps)],
    ["first query on the new stack", spread(switches.firstNew)],
    ["promoted", spread(switches.promoted)],
    ["last query begun on the old stack", spread(switches.lastOld)],
    ["last call about one", spread(switches.oldIdle)],
    ["one batch, outside of flips", latencyText(latency.outside)],
    ["one batch, within flips", latencyText(latency.within)],
    ["ends", list(ends)],
    ["counts", list(counts)],
    ["most growth of a tab's memory", `${(heapGrowth / 1024).toFixed(0)} KiB`],
  ];
  const lines = rows.map(([title, text]) => `  ${title.padEnd(36)}${text}`);
  return [`${name}, seed ${seed}`, ...lines].join("\n");
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

function spread({ median, worst }: Spread): string {
  return `${milliseconds(median)} after the flip began, at worst ${milliseconds(worst)}`;
}

function latencyText({ count, p50, p99 }: Latency): string {
  return `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)} of ${count}`;
}

function milliseconds(time: number | undefined): string {
  return time === undefined ? "-" : `${time.toFixed(0)} ms`;
}
