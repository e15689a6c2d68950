import type { Strategy } from "../src/headers.ts";
import type { StrategyState } from "../src/strategy/strategy-state.ts";

/** What one tab has seen and done. */
export interface TabRecord {
  /** How often a stack has refused a statement under an epoch, by all three, since that stack has accepted a sign-in. */
  readonly refused: Map<object | string, number>;
  /** Queries whose id the tab has. */
  readonly prepared: Set<string>;
  /** Queries that it has given back. */
  readonly cleared: Set<string>;
  /** The view under which each call left, by its message. */
  readonly leftUnder: Map<object, StrategyState>;
  /** The latest id that it has sent of each session: how often the id was renewed by then. */
  readonly sentIds: Map<string, number>;
  /** When stacks have accepted sign-ins, each as `stack epoch` and `stack epoch pending` of the view that it left under. */
  readonly welcomes: Map<string, number>;
  /** What the gateway has named on the last answer of each stack. */
  readonly named: Map<Strategy, string | undefined>;
  /** The epochs in which it has searched for the active stack. */
  readonly searches: Set<string>;
  /** The call that was answered last: the view that it left under, and when. */
  lastAnswer: { readonly epoch: string; readonly step: number; readonly callsOff: string | undefined } | undefined;
  /** When an answer last announced a stack in an epoch, by both. */
  readonly news: Map<string, number>;
  /** When its view first had an epoch. */
  readonly epochs: Map<string, number>;
  /** Epochs and announcements that its view had at any time. */
  readonly ids: Set<string>;
  /** Its view when it was last looked at. */
  view: StrategyState | undefined;
}

/** The record of a tab that has done nothing yet. */
export function createTabRecord(): TabRecord {
  return {
    refused: new Map(),
    prepared: new Set(),
    cleared: new Set(),
    leftUnder: new Map(),
    sentIds: new Map(),
    welcomes: new Map(),
    named: new Map(),
    searches: new Set(),
    news: new Map(),
    epochs: new Map(),
    ids: new Set(),
    lastAnswer: undefined,
    view: undefined,
  };
}
