import type { Strategy } from "../src/headers.ts";
import type { StrategyState } from "../src/strategy/strategy-state.ts";
import type { ArrivedCall, EngineWatch, Handled } from "./deployment.ts";
import type { EngineQuery, EngineSession } from "./engine-stack.ts";
import type { CallWatch, Mishap, SentCall } from "./network.ts";
import type { OriginWatch } from "./origin.ts";
import type { Owner } from "./scheduler.ts";
import { createTabRecord, type TabRecord } from "./tab-record.ts";

/** A property that does not hold, and how that was seen. */
export interface Finding {
  readonly property: string;
  readonly text: string;
}

/** What befell a statement and may have kept it from its end. */
export interface Injury {
  readonly at: number;
  readonly rpc: string;
  readonly what: string;
}

/** What the witness asks of a history. */
export interface HistoryView {
  readonly now: () => number;
  /** How many steps were done. */
  readonly step: () => number;
  /** The view that a tab has of the deployment. */
  readonly viewOf: (tab: Owner) => StrategyState;
  /** What is to happen to a call. */
  readonly mishapFor: (call: Omit<SentCall, "mishap" | "sentAt">) => Mishap | undefined;
  /** How many rows of a statement its caller has. */
  readonly rowsOf: (statement: number) => number;
  readonly isWrite: (statement: number) => boolean;
  /** When the work of a statement was begun. */
  readonly begunAt: (statement: number) => number;
  /** When a tab last put an old row in the place of what it knew alone. */
  readonly restoredAt: (tab: Owner) => number;
  readonly log: (text: string) => void;
}

/** A sign-in as it reached a stack. */
export interface SeenSignIn {
  readonly tab: Owner;
  readonly at: number;
  readonly stack: Strategy;
  /** True if the tab took this stack for the one to come when it asked. */
  readonly isInvited: boolean;
  readonly isAccepted: boolean;
}

const signInCalls: ReadonlySet<string> = new Set(["authenticate", "healthCheck"]);
const endCalls: ReadonlySet<string> = new Set(["cancelQuery", "clear"]);
/** How long news may be on its way to the row: until then it holds over whatever is read there, in milliseconds. */
const longestNewsMs = 4_000;
/** Whatever looks like the credentials, sessions and statements of a history. */
const secrets = /s3cr3t|ann|session|query|select|insert/i;

/** New work that a stack has refused. */
export interface SeenRefusal {
  readonly tab: Owner;
  readonly at: number;
  readonly sentAt: number;
  readonly stack: Strategy;
  /** The epoch that it left under. */
  readonly epoch: string;
}

/** Sees all that happens in a history, and says at once what must not. */
export class Witness implements CallWatch, EngineWatch, OriginWatch {
  readonly findings: Finding[] = [];
  readonly executions = new Map<number, number>();
  readonly injuries = new Map<number, Injury[]>();
  readonly signIns: SeenSignIn[] = [];
  /** When calls met with a mishap that belong to no statement. */
  readonly otherMishaps: { readonly tab: Owner; readonly at: number }[] = [];
  /** Refusals of new work, sign-ins apart. */
  readonly refusals: SeenRefusal[] = [];
  /** The last new work that each tab had accepted: when it reached which stack. */
  readonly accepted: { readonly tab: Owner; readonly at: number; readonly sentAt: number; readonly stack: Strategy }[] =
    [];
  readonly #view: HistoryView;
  readonly #tabs = new Map<Owner, TabRecord>();
  /** Queries whose session was denied. */
  readonly #denied = new Set<string>();
  /** How often the active stack has changed in the row. */
  changes = 0;
  /** When the stack that is active in an epoch has accepted whoever began it. */
  readonly #acceptedAt = new Map<string, number>();
  /** Epochs and announcements that the row had at any time. */
  readonly #ids = new Set<string>();
  #lastRow: StrategyState | undefined;

  constructor(view: HistoryView) {
    this.#view = view;
  }

  /** Says that a property does not hold. */
  blame(property: string, text: string): void {
    this.#view.log(`!! ${property}: ${text}`);
    this.findings.push({ property, text });
  }

  /** Queries that a tab knew of and never gave back. */
  leftOpen(tab: Owner): string[] {
    const { prepared, cleared } = this.#of(tab);
    return [...prepared].filter((id) => !cleared.has(id));
  }

  /** True if the news that began an epoch was asked for before `restMs`, and reached the tab after `arrival`. */
  isLateNews({ tab, epoch }: SeenRefusal, restMs: number, arrival: number): boolean {
    const acceptedAt = this.#acceptedAt.get(epoch) ?? Number.POSITIVE_INFINITY;
    return acceptedAt < restMs && (this.#of(tab).epochs.get(epoch) ?? 0) > arrival;
  }

  sends(call: Omit<SentCall, "mishap" | "sentAt">): Mishap | undefined {
    const { tab, rpc, strategy, message } = call;
    const mishap = this.#view.mishapFor(call);
    this.#view.log(
      `${tab.name} sends ${rpc} ${message.queryId ?? message.queryString ?? ""} to ${strategy}${mishap ? ` (${mishap})` : ""}`,
    );
    const record = this.#of(tab);
    if (rpc === "clear" && message.queryId !== undefined) record.cleared.add(message.queryId);
    const view = this.#view.viewOf(tab);
    record.leftUnder.set(message, view);
    const [session = "", renewals = "1"] = message.sessionId?.split(".") ?? [];
    if (Number(renewals) < (record.sentIds.get(session) ?? 0)) {
      this.blame("sessions are renewed", `${tab.name} sends ${message.sessionId} once more`);
    }
    record.sentIds.set(session, Number(renewals));
    const statement = statementOf(message);
    if (statement !== undefined && view.pending?.by === "header") {
      const welcomedAt = record.welcomes.get(`${view.pending.stack} ${view.epoch} ${view.pending.id}`);
      const isHeeded = welcomedAt !== undefined && welcomedAt >= this.#view.restoredAt(tab);
      if (isHeeded && welcomedAt < this.#view.begunAt(statement)) {
        this.blame(
          "no starvation",
          `${tab.name} begins ${statement} on ${strategy}, though ${view.pending.stack} has accepted`,
        );
      }
    }
    if (isUserWork(call)) {
      const { epoch } = view;
      // One that waits for a search which somebody else's news has ended may meet with a second refusal, and with no third.
      if ((record.refused.get(refusalKey(call, strategy, epoch)) ?? 0) > 1) {
        this.blame("no work to a refuser", `${tab.name} sends ${message.queryString} to ${strategy} again in ${epoch}`);
      }
    }
    if (mishap !== undefined && mishap !== "slow" && mishap !== "late") this.#hurt(call, mishap);
    return mishap;
  }

  arrived(call: SentCall, { stack, reply, isNew, query }: Handled): void {
    const { tab, rpc, message } = call;
    const at = this.#view.now();
    const refusal = "code" in reply ? (reply.headers?.["x-e6-reason"] ?? reply.text) : undefined;
    this.#view.log(`  ${tab.name} ${rpc} at ${stack}: ${refusal ?? "done"}`);
    const { pending, epoch = "" } = this.#of(tab).leftUnder.get(message) ?? {};
    if (signInCalls.has(rpc)) {
      this.signIns.push({ tab, at, stack, isInvited: pending?.stack === stack, isAccepted: refusal === undefined });
    }
    if (isUserWork(call)) {
      if (refusal === undefined) this.accepted.push({ tab, at, sentAt: call.sentAt, stack });
      else if (refusal === "STRATEGY_MISMATCH") this.refusals.push({ tab, at, sentAt: call.sentAt, stack, epoch });
      else this.#hurt({ tab, rpc, message }, refusal);
    } else if (refusal !== undefined && (!isNew || query !== undefined)) {
      if (refusal === "Access denied" && message.queryId !== undefined) this.#denied.add(message.queryId);
      this.#hurt({ tab, rpc, message }, refusal, query?.statement);
    } else if (refusal !== undefined && refusal !== "STRATEGY_MISMATCH") {
      this.otherMishaps.push({ tab, at });
    }
  }

  answered(call: SentCall, handled: Handled | undefined): void {
    const { tab, rpc, message } = call;
    const record = this.#of(tab);
    const { epoch = "", pending, active } = record.leftUnder.get(message) ?? {};
    if (handled === undefined) return;
    const { reply, stack } = handled;
    const named = handled.headers["x-e6-new-strategy"];
    if ("message" in reply || named !== undefined) record.named.set(stack, named);
    const announced: unknown = named ?? ("message" in reply ? Reflect.get(reply.message, "newStrategy") : undefined);
    record.news.set(`${announced} ${epoch}`, this.#view.now());
    // What the gateway names no more, but the engine still does, is still to come.
    const isSilent = "message" in reply && named === undefined && announced !== pending?.stack;
    const callsOff = isSilent && stack === active && pending?.by === "header" ? pending.id : undefined;
    record.lastAnswer = { epoch, step: this.#view.step(), callsOff };
    if (isUserWork(call) && "code" in reply && reply.text === "STRATEGY_MISMATCH") {
      const key = refusalKey(call, stack, epoch);
      record.refused.set(key, (record.refused.get(key) ?? 0) + 1);
    }
    if (signInCalls.has(rpc) && "message" in reply) {
      const isVetoed = this.#isVetoed(tab, stack, pending?.id);
      for (const key of [`${stack} ${epoch}`, ...(isVetoed ? [] : [`${stack} ${epoch} ${pending?.id}`])]) {
        if (!record.welcomes.has(key)) record.welcomes.set(key, this.#view.now());
      }
      for (const key of record.refused.keys()) {
        if (typeof key === "string" && key.startsWith(stack)) record.refused.delete(key);
      }
    }
    if (rpc === "prepareStatement" && "message" in reply)
      record.prepared.add(String(Reflect.get(reply.message, "queryId")));
  }

  /** True if engines alone announce this stack, and the gateway leads away from it. */
  #isVetoed(tab: Owner, stack: Strategy, id: string | undefined): boolean {
    const { pending, active } = this.#view.viewOf(tab);
    const isByMessage = pending?.id === id && pending?.by === "message";
    return isByMessage && this.#of(tab).named.get(stack) === active;
  }

  continued(query: EngineQuery, stack: Strategy, call: ArrivedCall, session: EngineSession | undefined): void {
    const name = `${call.method.name} of ${query.id}`;
    if (query.stack !== stack) this.blame("pinning", `${name} went to ${stack}`);
    if (call.plannerIp !== query.plannerIp) {
      this.blame("pinning", `${name} went to engine ${call.plannerIp}, not ${query.plannerIp}`);
    }
    // Where its own session is denied, another one of the same user may give it back.
    const isAllowed = this.#denied.has(query.id) && endCalls.has(call.method.name);
    if (session !== undefined && session !== query.session && !isAllowed) {
      this.blame("pinning", `${name} came by session ${session.id}, not ${query.session?.id}`);
    }
  }

  executed({ statement, id }: EngineQuery): void {
    const times = (this.executions.get(statement) ?? 0) + 1;
    this.executions.set(statement, times);
    if (times === 1) return;
    if (this.#view.isWrite(statement)) this.blame("nothing twice", `write ${statement} ran again as ${id}`);
    if (this.#view.rowsOf(statement) > 0)
      this.blame("nothing twice", `read ${statement} ran again as ${id}, with rows handed out`);
  }

  wrote(row: StrategyState): void {
    const before = this.#lastRow;
    this.#lastRow = row;
    if (before?.epoch !== row.epoch) this.changes++;
    if (before !== undefined && before.epoch !== row.epoch && before.lineage === row.lineage)
      this.#checkChange(before, row);
    noteIds(this.#ids, row);
    this.#view.log(`  row: ${describeState(row)}`);
    if (secrets.test(JSON.stringify(row))) this.blame("nothing secret", `in the row: ${JSON.stringify(row)}`);
    if (before?.lineage === row.lineage && row.version < before.version) {
      this.blame("versions grow", `the row went from ${before.version} to ${row.version}`);
    }
  }

  /**
   * Whoever makes the announced stack active was welcomed there for that very announcement, or has searched. News that goes to the row
   * together with the change may have replaced the announcement first.
   */
  #checkChange(
    { epoch: before, pending, version }: StrategyState,
    { epoch, active, version: next }: StrategyState,
  ): void {
    if (pending?.stack !== active || next > version + 1) return;
    for (const [tab, { welcomes, searches }] of this.#tabs) {
      if (!epoch.startsWith(`${tab.name}.`) || searches.has(before)) continue;
      if (!isWelcome(welcomes, `${active} ${before}`, pending?.id)) {
        this.blame("welcome first", `${tab.name} makes ${active} active, which did not accept for ${pending?.id}`);
      }
    }
  }

  asked(tab: Owner, lock: string): void {
    this.#view.log(`${tab.name} asks for the lock ${lock}`);
    this.#of(tab).searches.add(this.#view.viewOf(tab).epoch);
  }

  /** What is called off by the step that was done last is not pending any more. */
  heeds(tab: Owner, { pending, epoch }: StrategyState): void {
    const { lastAnswer } = this.#of(tab);
    if (lastAnswer?.step !== this.#view.step() || lastAnswer.epoch !== epoch || pending === undefined) return;
    if (pending.id === lastAnswer.callsOff) this.blame("called off", `${tab.name} still waits for ${pending.stack}`);
  }

  /** Looks at the view of a tab after each step: what has changed, the tab needs a reason for. */
  looks(tab: Owner, view: StrategyState): void {
    const record = this.#of(tab);
    const before = record.view;
    if (view === before) return;
    record.view = view;
    const { epoch, active, pending } = view;
    if (!record.epochs.has(epoch)) record.epochs.set(epoch, this.#view.now());
    // What this tab itself has made of its view: neither read in the row nor gone back to.
    const isNew = (id: string) => id.startsWith(`${tab.name}.`) && !record.ids.has(id) && !this.#ids.has(id);
    if (before?.lineage === view.lineage && view.version < before.version) {
      this.blame("versions grow", `the view of ${tab.name} went from ${before.version} to ${view.version}`);
    }
    if (before !== undefined && isNew(epoch)) {
      const isSearched = record.searches.has(before.epoch);
      const key = `${active} ${before.epoch}`;
      this.#acceptedAt.set(epoch, record.welcomes.get(key) ?? this.#view.now());
      if (isSearched ? !record.welcomes.has(key) : !isWelcome(record.welcomes, key, before.pending?.id)) {
        this.blame("welcome first", `${tab.name} makes ${active} active, which has not accepted in ${before.epoch}`);
      }
    }
    if (pending !== undefined && isNew(pending.id)) {
      const announcedAt = record.news.get(`${pending.stack} ${epoch}`) ?? Number.NEGATIVE_INFINITY;
      if (this.#view.now() - announcedAt > longestNewsMs)
        this.blame("late news is no news", `${tab.name} takes ${pending.stack} for announced in ${epoch}`);
    }
    noteIds(record.ids, view);
  }

  #hurt({ tab, rpc, message }: Pick<SentCall, "tab" | "rpc" | "message">, what: string, known?: number): void {
    const at = this.#view.now();
    const statement = known ?? statementOf(message) ?? this.#byQuery.get(message.queryId ?? "");
    if (statement === undefined) this.otherMishaps.push({ tab, at });
    else this.injuries.set(statement, [...(this.injuries.get(statement) ?? []), { at, rpc, what }]);
  }

  /** Which statement each query runs, also of queries that a restart has taken away. */
  readonly #byQuery = new Map<string, number>();

  /** Notes which statement a query runs. */
  prepared(query: EngineQuery): void {
    this.#byQuery.set(query.id, query.statement);
  }

  #of(tab: Owner): TabRecord {
    const known = this.#tabs.get(tab);
    if (known !== undefined) return known;
    const record = createTabRecord();
    this.#tabs.set(tab, record);
    return record;
  }
}

/**
 * True if a stack has accepted under this announcement, or under none: to know of none and ask nevertheless is to search, in one's own
 * name or together with others who began before.
 */
function isWelcome(welcomes: ReadonlyMap<string, number>, key: string, pendingId: string | undefined): boolean {
  return welcomes.has(`${key} ${pendingId}`) || welcomes.has(`${key} ${undefined}`);
}

function noteIds(ids: Set<string>, { epoch, pending }: StrategyState): void {
  ids.add(epoch);
  if (pending !== undefined) ids.add(pending.id);
}

/** A state in one line. */
export function describeState({ lineage, version, epoch, active, pending, cooldown }: StrategyState): string {
  const switching = pending === undefined ? "" : `, ${pending.stack} pending as ${pending.id} by ${pending.by}`;
  const cooling = cooldown === undefined ? "" : `, ${cooldown.stack} cools down until ${cooldown.until}`;
  return `${lineage} v${version} ${epoch}: ${active ?? "nothing"} active${switching}${cooling}`;
}

/** The number of a statement, as its text has it. */
export function statementOf({ queryString }: { readonly queryString?: string }): number | undefined {
  const found = /\d+/.exec(queryString ?? "");
  return found === null ? undefined : Number(found[0]);
}

function isUserWork({ rpc }: Pick<SentCall, "rpc">): boolean {
  return rpc === "prepareStatement" || rpc === "getTables";
}

/** Look-ups of a tab are all alike: which of them was refused nobody can tell. */
function refusalKey({ message }: Pick<SentCall, "message">, stack: string | undefined, epoch: string): object | string {
  return message.queryString === undefined ? message : `${stack} ${epoch} ${message.queryString}`;
}
