import { createRandom } from "../fuzz/random.ts";
import { Deployment } from "./deployment.ts";
import { createLatency } from "./latency.ts";
import type { Mishap, SentCall } from "./network.ts";
import { Origin } from "./origin.ts";
import type { CallKind, Course, Deed, Plan } from "./plan.ts";
import { restChanges, restMs } from "./plan.ts";
import {
  checkCalm,
  checkClosed,
  checkGroup,
  checkNews,
  checkOutcomes,
  checkRest,
  checkReturns,
  checkStuck,
} from "./properties.ts";
import { resultOf } from "./results.ts";
import { drain, type Owner, Scheduler, takeOverTimers } from "./scheduler.ts";
import { Tab } from "./tab.ts";
import { type Finding, Witness } from "./witness.ts";
import type { Outcome, Work } from "./work.ts";

/** What came of a history. */
export interface HistoryEnd {
  readonly findings: readonly Finding[];
  /** How many steps it took, and the virtual milliseconds. */
  readonly steps: number;
  readonly milliseconds: number;
  /** How many works ended in which way. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A history while it happens. */
export class History {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly deployment: Deployment;
  readonly origin: Origin;
  readonly witness: Witness;
  readonly tabs: Tab[] = [];
  /** When some stack took all new work no longer, and when it did again. */
  readonly outages: { readonly from: number; until: number }[] = [];
  readonly outcomes: Outcome[] = [];
  readonly #world: Owner = { name: "world", isFrozen: false, isGone: false };
  readonly #latency;
  readonly #random;
  readonly #armed: Extract<Deed, { type: "mishap" }>[] = [];
  readonly #log: (text: string) => void;

  /** `log` is told of each step. */
  constructor(plan: Plan, log?: (text: string) => void) {
    this.plan = plan;
    this.#log =
      log === undefined
        ? () => undefined
        : (text) => log(`${String(Math.round(this.scheduler.now)).padStart(7)} ${text}`);
    const random = createRandom(plan.order, 2);
    this.#random = random;
    this.scheduler = new Scheduler(random, ({ owner, label }) => this.#log(`[${owner.name}] ${label}`));
    this.#latency = createLatency(plan.weather, random);
    const now = () => this.scheduler.now;
    this.witness = new Witness({
      now,
      step: () => this.scheduler.count,
      viewOf: (owner) => this.#tabOf(owner).view,
      mishapFor: (call) => this.#takeMishap(call),
      rowsOf: (statement) => this.outcomes[statement]?.rows.length ?? 0,
      restoredAt: (owner) => this.#tabOf(owner).restoredAt,
      begunAt: (statement) => this.outcomes[statement]?.begunAt ?? 0,
      isWrite: (statement) => this.outcomes[statement]?.work.kind === "write",
      log: this.#log,
    });
    const statements = (text: string) => this.#statement(text);
    this.deployment = new Deployment(random, plan.knowsManyBatches, statements, this.witness, now);
    if (plan.announcedBy !== "message") this.deployment.apply({ type: "name", stack: "blue" });
    this.origin = new Origin(this.scheduler, random, this.#latency, this.witness);
  }

  /** Lets it happen, to the end. */
  async run(): Promise<HistoryEnd> {
    const giveBack = takeOverTimers();
    try {
      await this.#play();
    } finally {
      giveBack();
    }
    const counts: Record<string, number> = {};
    for (const { work, state, code } of this.outcomes) {
      const name = `${work.kind} ${state}${code === undefined ? "" : ` ${code}`}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    const { count: steps, now: milliseconds } = this.scheduler;
    return { findings: this.witness.findings, steps, milliseconds, counts };
  }

  /** The tabs that are there, and run. */
  get live(): Tab[] {
    return this.tabs.filter((tab) => !tab.isGone && !tab.isFrozen);
  }

  async #play(): Promise<void> {
    for (let place = 0; place < this.plan.tabs; place++) this.#open(place);
    for (const { at, ...deed } of this.plan.moves) {
      const tab = "tab" in deed && deed.type !== "mishap" ? deed.tab : undefined;
      this.scheduler.add(this.#world, `${deed.type} ${tab ?? ""}`, at, () => this.#do(deed));
    }
    this.scheduler.add(this.#world, "rest", restMs, () => {
      for (const change of restChanges(this.plan, this.deployment.active)) this.#change(change);
      this.#armed.length = 0;
    });
    await this.#goOn("ends");
    checkOutcomes(this);
    checkNews(this);
    for (let round = 1; round <= 3; round++) {
      for (const tab of this.live) this.#begin(tab, lastWork);
      await this.#goOn(`comes to rest in round ${round}`);
    }
    checkRest(this);
    checkReturns(this);
    checkCourse[this.plan.course]?.(this);
    for (const tab of this.live) void tab.close();
    await this.#goOn("closes");
    checkClosed(this);
  }

  /** Does steps until none is left. */
  async #goOn(what: string): Promise<void> {
    await drain();
    for (let left = 20_000; this.scheduler.advance(); left--) {
      await drain();
      if (left === 0) {
        this.witness.blame("comes to rest", `never ${what}`);
        break;
      }
      for (const tab of this.live) {
        this.witness.looks(tab, tab.view);
        this.witness.heeds(tab, tab.view);
      }
    }
  }

  #open(place: number): void {
    const network = {
      scheduler: this.scheduler,
      random: this.#random,
      latency: this.#latency,
      deployment: this.deployment,
      watch: this.witness,
      isBearer: this.plan.isBearer,
      world: this.#world,
    };
    const name = `t${this.tabs.length}`;
    this.tabs.push(new Tab(name, place, { network, origin: this.origin, seed: this.plan.order, log: this.#log }));
  }

  #do(deed: Deed): void {
    const tab = "tab" in deed ? this.tabs.findLast(({ place, isGone }) => place === deed.tab && !isGone) : undefined;
    switch (deed.type) {
      case "deployment":
        this.#change(deed.change);
        break;
      case "mishap":
        this.#armed.push(deed);
        break;
      case "clear-site":
        this.origin.row = undefined;
        break;
      case "bells":
        this.origin.lossShare = deed.lossShare;
        break;
      default:
        if (tab !== undefined) this.#doTo(tab, deed);
    }
  }

  #doTo(tab: Tab, deed: Exclude<Deed, { type: "deployment" | "mishap" | "clear-site" | "bells" }>): void {
    switch (deed.type) {
      case "work":
        this.#begin(tab, deed.work);
        break;
      case "crash":
        tab.crash();
        if (deed.isOpenedAgain) this.#open(tab.place);
        break;
      case "freeze":
        if (deed.isPutAway) tab.platform.leave();
        tab.isFrozen = true;
        break;
      case "thaw":
        tab.isFrozen = false;
        if (deed.isNoticed) tab.platform.wake();
        break;
      case "storage":
        tab.platform.mood = deed.mood;
        break;
      case "locks":
        tab.platform.hasLocks = deed.areThere;
        break;
    }
  }

  #begin(tab: Tab, work: Work): void {
    const outcome: Outcome = {
      number: this.outcomes.length,
      work,
      state: "running",
      code: undefined,
      rows: [],
      waits: 0,
      begunAt: this.scheduler.now,
      endedAt: Number.POSITIVE_INFINITY,
    };
    this.outcomes.push(outcome);
    this.scheduler.add(tab, `begins ${work.kind} ${outcome.number}`, 0, () => tab.begin(outcome));
  }

  #change(change: Extract<Deed, { type: "deployment" }>["change"]): void {
    this.#log(`   ${JSON.stringify(change)}`);
    const wasOpen = this.deployment.isOpen;
    this.deployment.apply(change);
    const { isOpen } = this.deployment;
    const last = this.outages.at(-1);
    if (wasOpen && !isOpen) this.outages.push({ from: this.scheduler.now, until: Number.POSITIVE_INFINITY });
    if (!wasOpen && isOpen && last !== undefined) last.until = this.scheduler.now;
  }

  #takeMishap(call: Omit<SentCall, "mishap" | "sentAt">): Mishap | undefined {
    const { place } = this.#tabOf(call.tab);
    const index = this.#armed.findIndex(({ tab, rpc }) => (tab ?? place) === place && isKind(rpc, call.rpc));
    return index < 0 ? undefined : this.#armed.splice(index, 1)[0]?.mishap;
  }

  #statement(text: string) {
    const number = Number(/\d+/.exec(text)?.[0]);
    const { work } = this.outcomes[number] ?? { work: lastWork };
    return { number, result: resultOf(work.kind === "write" ? 0 : work.batches, work.rowsInBatch, work.isCounted) };
  }

  #tabOf(owner: Owner): Tab {
    if (owner instanceof Tab) return owner;
    throw new Error(`${owner.name} is no tab`);
  }
}

const checkCourse: Partial<Readonly<Record<Course, (history: History) => void>>> = {
  calm: checkCalm,
  group: checkGroup,
  stuck: checkStuck,
};

/** What each tab does in the end, to see where it is led. */
const lastWork: Work = {
  kind: "read",
  batches: 1,
  rowsInBatch: 1,
  isCounted: true,
  pauseMs: 0,
  leaveAfter: undefined,
  abortAfterMs: undefined,
};

const callKinds: Readonly<Record<Exclude<CallKind, "any">, readonly string[]>> = {
  "sign-in": ["authenticate", "healthCheck"],
  new: ["prepareStatement", "getTables"],
  execute: ["executeStatement"],
  fetch: ["getResultMetadata", "getNextResultBatch", "getNextResultBatchV2"],
  end: ["clear", "cancelQuery"],
};

function isKind(kind: CallKind, rpc: string): boolean {
  return kind === "any" || callKinds[kind].includes(rpc);
}
