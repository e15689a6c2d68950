import type { LongTimer, Outcome, TextSource, Told, ToldEvent } from "./told.ts";

/** Told together: each message to the driver costs both of them. */
const jobsTogether = 16;

/** Gathers what a tab has to tell, and keeps nothing that it has told. */
export interface Collector {
  outcome(outcome: Outcome): void;
  event(event: ToldEvent): void;
  longTimer(timer: LongTimer): void;
  text(source: TextSource, text: string): void;
  /** Resolves when everything so far has reached the driver. */
  flush(): Promise<void>;
}

/** Creates a {@link Collector} of a tab that tells by `tell`. */
export function createCollector(tell: (told: Omit<Told, "tab">) => Promise<void>): Collector {
  let outcomes: Outcome[] = [];
  let events: ToldEvent[] = [];
  let longTimers: LongTimer[] = [];
  let texts: (readonly [TextSource, string])[] = [];
  const flush = async () => {
    const told = { outcomes, events, longTimers, texts };
    [outcomes, events, longTimers, texts] = [[], [], [], []];
    await tell(told);
  };
  return {
    outcome(outcome) {
      outcomes.push(outcome);
      if (outcomes.length >= jobsTogether) void flush();
    },
    event(event) {
      events.push(event);
      texts.push(["event", JSON.stringify(event)]);
    },
    longTimer: (timer) => void longTimers.push(timer),
    text: (source, text) => void texts.push([source, text]),
    flush,
  };
}
