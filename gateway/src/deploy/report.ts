import { strategies } from "e6data-web/headers";
import type { RouteStatus } from "../admin.ts";
import type { Plan } from "./controller.ts";
import type { Aim, DeploymentState } from "./deployment-state.ts";
import type { Step } from "./journal.ts";
import type { Answered } from "./replica.ts";
import { routeChanges } from "./route-changes.ts";
import type { Traffic } from "./traffic.ts";

/** What `npm run deploy` tells: the same for programs and for people. */
export interface Report {
  readonly data: object;
  readonly text: string;
}

/** What a change has come to. */
export function stepReport(verb: string, { before, state }: Step): Report {
  const isChanged = before.version !== state.version;
  const head = isChanged ? `version ${state.version}, was ${before.version}` : `version ${state.version}: so already`;
  return { data: { verb, isChanged, before, state }, text: lines([head, ...differences(before, state)]) };
}

/** What a change would come to. */
export function planReport(verb: string, { state, decision, routes }: Plan): Report {
  if (decision.kind !== "change") {
    const why = decision.kind === "refused" ? `refused: ${decision.why}` : "so already";
    return { data: { verb, isDryRun: true, ...decision, state }, text: lines([why]) };
  }
  const changes = routeChanges(routes.from.text, routes.to.text);
  return {
    data: {
      verb,
      isDryRun: true,
      ...decision,
      state,
      routes: { from: routes.from.version, to: routes.to.version, changes },
    },
    text: lines([
      `would make version ${state.version + 1} of version ${state.version}`,
      ...differences(state, decision.aim),
      `  routes      ${routes.from.version} → ${routes.to.version}`,
      ...changes.map(({ from, to, count }) => `    ${from === to ? from : `${from} → ${to}`}: ${count}`),
    ]),
  };
}

/** Which stack is what, and what each gateway says. */
export function statusReport(
  state: DeploymentState,
  version: string,
  routes: readonly Answered<RouteStatus>[],
  traffic: readonly Answered<Traffic>[],
): Report {
  const inFlight = (url: string) => traffic.find((other) => other.url === url)?.answer?.inFlight;
  const gateways = routes.map(({ url, answer }) => ({
    url,
    isUpToDate: answer?.version === version,
    routes: answer?.version,
    turnedDown: answer?.refused,
    inFlight: inFlight(url),
  }));
  const rows = gateways.map(({ url, isUpToDate, routes: used, turnedDown, inFlight: calls }) => [
    url,
    used === undefined ? "no answer" : isUpToDate ? "up to date" : `routes ${used || "(none)"}`,
    String(turnedDown ?? "-"),
    ...strategies.map((stack) => String(calls?.[stack] ?? "-")),
  ]);
  return {
    data: { verb: "status", state, routes: version, gateways },
    text: lines([
      `version ${state.version}: ${describeChange(state)}`,
      ...strategies.map((stack) => `  ${stack.padEnd(6)} ${state.stacks[stack]}${marks(state, stack)}`),
      ...table(["gateway", "routes", "turned down", ...strategies.map((stack) => `in flight ${stack}`)], rows),
    ]),
  };
}

/** The states that held. */
export function historyReport(states: readonly DeploymentState[]): Report {
  const rows = states.map((state) => [
    String(state.version),
    ...strategies.map((stack) => state.stacks[stack]),
    state.announced ?? "-",
    describeChange(state),
  ]);
  return {
    data: { verb: "history", states },
    text: lines(table(["version", ...strategies, "announced", "change"], rows)),
  };
}

function marks({ announced, former }: Aim, stack: string): string {
  return `${announced === stack ? ", announced" : ""}${former === stack ? ", a rollback leads here" : ""}`;
}

function describeChange({ change: { verb, at, reason } }: DeploymentState): string {
  return `${verb}, ${at}${reason === undefined ? "" : `, ${reason}`}`;
}

function differences(before: Aim, after: Aim): readonly string[] {
  const rows = [
    ...strategies.map((stack) => [stack, before.stacks[stack], after.stacks[stack]] as const),
    ["announced", before.announced ?? "none", after.announced ?? "none"] as const,
    ["rollback to", before.former ?? "none", after.former ?? "none"] as const,
  ];
  return rows.filter(([, from, to]) => from !== to).map(([name, from, to]) => `  ${name.padEnd(12)}${from} → ${to}`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
