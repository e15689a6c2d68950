import type { Connection, ConnectOptions, Pool, PoolOptions } from "e6data-web";
import type { Control } from "./control.ts";

/** The runtimes that the suite runs in. */
export const platformNames = ["Node", "Chromium", "Deno", "workerd"] as const;

/** One of {@link platformNames}. */
export type PlatformName = (typeof platformNames)[number];

/** Where a suite runs, and what stands behind it. */
export interface Surroundings {
  readonly platform: PlatformName;
  /** The gateway. */
  readonly url: string;
  /** Where the mock and the gateway are driven from. */
  readonly controlUrl: string;
}

/** What a case works with. */
export interface Context extends Surroundings {
  readonly control: Control;
  /** An address at which nobody listens. */
  readonly deadUrl: string;
  /** Connects as the user `ann` in `sample.tpch`; options stand above that. Closed after the case. */
  open(options?: Partial<ConnectOptions>): Connection;
  /** A pool of such connections. Closed after the case. */
  openPool(options?: PoolOptions): Pool<Connection>;
}

/** Something that holds in every runtime. It throws where it does not. */
export interface Behaviour {
  /** A sentence whose subject is the group. Unique in its group. */
  readonly name: string;
  /**
   * Why the engine may be left with a query that nobody gave back. Only for cases that take away the client's means to do so;
   * without it a query that is left fails the case.
   */
  readonly leavesQueries?: string;
  run(context: Context): Promise<void>;
}

/** Cases about one thing. */
export interface BehaviourGroup {
  /** What they are about. */
  readonly name: string;
  readonly cases: readonly Behaviour[];
}

/** How a case ended. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: string };
