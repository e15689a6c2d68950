import type { StrategyState } from "../strategy/strategy-state.ts";

/** Makes the next state of a row; nothing where there is no row. Pure: a transaction that is repeated calls it again. */
export type RowChange = (row: StrategyState | undefined) => StrategyState | undefined;

/** The one place where the state of a cluster lies for all who share it. */
export interface StateRow {
  /**
   * Applies `change` to the row in one atomic step and writes what it answers, if that is another object; without `change`
   * only reads. Resolves to the row as it is then, once it is safe. Rejects where the platform fails; it may also never settle.
   */
  transact(change?: RowChange): Promise<StrategyState | undefined>;
  /** Lets go of the platform; what runs ends by itself. A later transaction begins anew. */
  close(): void;
}

/** All that sharers tell one another: that there is a version to be read. */
export interface News {
  readonly lineage: string;
  readonly version: number;
}

/** Reaches all others who joined. Calls may get lost, come late or twice. */
export interface Bell {
  /** Throws where the platform does. */
  ring(news: News): void;
  /** Hears nothing any more. */
  close(): void;
}

/** Hears others ring until the bell is closed. Throws where the platform does. */
export type JoinBell = (hear: (news: News) => void) => Bell;

/**
 * Calls `onReturn` when the page is seen again, woken up or taken out of the back/forward cache, and `onLeave` when it may be put
 * there, until the function that it answers is called. Does nothing where there is no page.
 */
export type WatchPage = (onReturn: () => void, onLeave: () => void) => () => void;
