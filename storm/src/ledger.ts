import type { CallRecord } from "@e6data-web/mock";
import type { TabEvent } from "./facts.ts";
import type { LongTimer, Outcome, TextSource, Told } from "./page/told.ts";

/** Takes down what the stacks and the tabs tell while a phase runs. */
export interface Ledger {
  readonly calls: readonly CallRecord[];
  readonly outcomes: readonly Outcome[];
  readonly events: readonly TabEvent[];
  readonly longTimers: readonly LongTimer[];
  /** Texts that hold the mark, shortened. */
  readonly leaks: readonly string[];
  /** How many texts were looked through, by where they come from. */
  readonly textsScanned: Readonly<Partial<Record<TextSource, number>>>;
  /** Everything of the form of a session's id that stood in a text. */
  readonly ids: ReadonlySet<string>;
  call(call: CallRecord): void;
  told(told: Told): void;
  text(source: TextSource, text: string): void;
  /** Resolves as soon as `condition` holds, which is asked each time that something was told. Rejects after a minute. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Forgets everything. */
  clear(): void;
}

/** Longer than anything that is waited for takes on a busy machine. */
const longestWaitMs = 60_000;

const idForm = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;

/** Creates a {@link Ledger}. No text may hold `mark`. */
export function createLedger(mark: string): Ledger {
  const taken = newPage();
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const look of waiting) look();
  };
  const text = (source: TextSource, said: string) => {
    taken.textsScanned[source] = (taken.textsScanned[source] ?? 0) + 1;
    const at = said.indexOf(mark);
    if (at >= 0) taken.leaks.push(`${source}: ${said.slice(Math.max(0, at - 100), at + 100)}`);
    for (const [id] of said.matchAll(idForm)) taken.ids.add(id.replaceAll("-", "").toLowerCase());
  };
  return Object.assign(taken, {
    call(call: CallRecord) {
      taken.calls.push(call);
      tell();
    },
    told({ tab, outcomes, events, longTimers, texts }: Told) {
      taken.outcomes.push(...outcomes);
      taken.events.push(...events.map((event) => ({ ...event, tab })));
      taken.longTimers.push(...longTimers);
      for (const [source, said] of texts) text(source, said);
      tell();
    },
    text,
    until: (what: string, condition: () => boolean) => waitUntil(waiting, what, condition),
    clear: () => void Object.assign(taken, newPage()),
  });
}

/** What is written on a page of the ledger. */
interface Page {
  readonly calls: CallRecord[];
  readonly outcomes: Outcome[];
  readonly events: TabEvent[];
  readonly longTimers: LongTimer[];
  readonly leaks: string[];
  readonly textsScanned: Partial<Record<TextSource, number>>;
  readonly ids: Set<string>;
}

function newPage(): Page {
  return { calls: [], outcomes: [], events: [], longTimers: [], leaks: [], textsScanned: {}, ids: new Set() };
}

function waitUntil(waiting: Set<() => void>, what: string, condition: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      waiting.delete(look);
    };
    const look = () => {
      if (!condition()) return;
      end();
      resolve();
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`waited ${longestWaitMs / 1000} s in vain: ${what}`));
    }, longestWaitMs);
    waiting.add(look);
    look();
  });
}
