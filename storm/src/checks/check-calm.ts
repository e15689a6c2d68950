import type { CallRecord } from "@e6data-web/mock";
import type { Finding, PhaseFacts } from "../facts.ts";
import type { JobKind } from "../page/told.ts";
import { type CallIndex, isPrepare } from "./call-index.ts";
import { describeCall, describeJob } from "./describe-job.ts";

/** The round trips of a query of one batch: there are no others, whatever is announced. */
const roundTrips = ["prepareStatement", "executeStatement", "getResultMetadata", "getNextResultBatchV2", "clear"];
/** The kinds of which that can be said. */
const plainKinds: ReadonlySet<JobKind> = new Set<JobKind>(["short", "insert", "create"]);

/**
 * An announced switch costs nobody anything:
 * - It adds no round trip to a query. No call is refused.
 * - Tabs sign in a few times for each announcement, whatever they do meanwhile.
 * - Once a stack has accepted a tab, the tab's next query runs there.
 * - Nothing is interrupted: every query ends on the stack where it began.
 */
export function checkCalm(facts: PhaseFacts, index: CallIndex): Finding[] {
  const { outcomes, calls } = facts;
  const dear = outcomes.filter(
    (outcome) => plainKinds.has(outcome.kind) && index.ofJob(outcome).map(plainName).join() !== roundTrips.join(),
  );
  const misled = outcomes.filter(
    ({ kind, due, strategy }) => kind !== "cursor" && due !== undefined && strategy !== undefined && due !== strategy,
  );
  const interrupted = outcomes.filter(
    ({ kind, end }) => end !== "ok" && !(end === "left" && kind === "break") && kind !== "abort",
  );
  const moved = outcomes.filter((outcome) => new Set(index.ofJob(outcome).filter(isPrepare).map(stackOf)).size > 1);
  const toJob = (rule: string) => (outcome: PhaseFacts["outcomes"][number]) => ({
    rule,
    facts: describeJob(outcome, index, facts),
  });
  return [
    ...dear.map(toJob("a query took other round trips than it needs")),
    ...misled.map(toJob("a query ran elsewhere than on the stack that had accepted its tab")),
    ...interrupted.map(toJob("a query did not end where it began")),
    ...moved.filter(({ kind }) => kind !== "cursor").map(toJob("a query was begun on both stacks")),
    ...calls
      .filter(({ outcome }) => outcome.kind === "http")
      .map((call) => ({ rule: "a call was refused", facts: describeCall(call) })),
    ...tooManySignIns(facts),
  ];
}

function plainName({ rpc }: CallRecord): string {
  return rpc === "prepareStatementV2" ? "prepareStatement" : rpc;
}

function stackOf({ stack }: CallRecord): string {
  return stack;
}

/** For an announcement by engines and by the gateway, under the id of this tab and then of the one that was first. */
const signInsOfOne = 4;

function tooManySignIns({ calls, flips, tabs, events }: PhaseFacts): Finding[] {
  const signIns = calls.filter(({ rpc }) => rpc === "authenticate").length;
  const repeated = events.filter(({ type }) => type === "refused").length;
  const most = tabs * (1 + signInsOfOne * flips.length) + repeated;
  if (signIns <= most) return [];
  return [{ rule: "tabs signed in too often", facts: `${signIns} times in ${flips.length} flips, at most ${most}` }];
}
