import type { E6ErrorCode } from "../error-code.ts";
import type { Strategy } from "../headers.ts";
import type { StoreEvent } from "../store/store-event.ts";

/** What has happened to a connection in a deployment. Holds no user, token, session or SQL. */
export type DeploymentStep =
  /** A switch to `stack` was announced; new work stays where it is until `stack` has accepted. */
  | { readonly type: "announced"; readonly stack: Strategy; readonly by: "header" | "message" }
  /** The announced stack was called off before the switch was made. */
  | { readonly type: "called-off"; readonly stack: Strategy }
  /** `stack` has accepted a sign-in in the background. */
  | { readonly type: "accepted"; readonly stack: Strategy }
  /**
   * `stack` has refused one: it is asked again, unless `isFinal`. No query has failed by it. `code`: nothing where it accepted, but the
   * gateway still named the other stack beside its answer.
   */
  | {
      readonly type: "refused";
      readonly stack: Strategy;
      readonly code: E6ErrorCode | undefined;
      readonly isFinal: boolean;
    }
  /**
   * New work goes to another stack from now on, whoever found out. `from`: nothing where none was known. `changedAt`: when the switch
   * was made, the same for all who share a store. `tookMs`: how long after its announcement; nothing where it was not announced here.
   */
  | {
      readonly type: "switched";
      readonly from: Strategy | undefined;
      readonly to: Strategy;
      readonly changedAt: number;
      readonly tookMs: number | undefined;
    }
  /** `stack` has answered a call by 456, whatever call it was. */
  | { readonly type: "mismatch"; readonly stack: Strategy }
  /** A search for the active stack has ended: with `stack`, or by the failure `code`. `tookMs` holds waits for other tabs. */
  | {
      readonly type: "detected";
      readonly stack: Strategy | undefined;
      readonly code: E6ErrorCode | undefined;
      readonly tookMs: number;
    }
  /** A failure was cured and no caller saw it: what failed, how, and what it took. */
  | {
      readonly type: "recovered";
      readonly code: E6ErrorCode;
      readonly by: "repeat" | "sign-in" | "detection" | "wake-up" | "restart";
      readonly tries: number;
      readonly tookMs: number;
    }
  /** A query was lost that could not be begun again. */
  | {
      readonly type: "interrupted";
      readonly queryId: string;
      readonly strategy: Strategy;
      readonly rowsDelivered: number;
    }
  /**
   * What `selectStrategy` named was passed over: `stack` has refused a sign-in by `code`. Without a `stack` it has thrown, or named none;
   * that is told once.
   */
  | {
      readonly type: "selection-ignored";
      readonly stack: Strategy | undefined;
      readonly code: E6ErrorCode | undefined;
    }
  | StoreEvent;

/** What has happened to a connection in a deployment, and when it was told: milliseconds since 1970 by the clock on the wall. */
export type DeploymentEvent = DeploymentStep & { readonly at: number };

/** Is told of a deployment. What it throws goes to `reportError()` and touches nothing. */
export type DeploymentListener = (event: DeploymentEvent) => void;

/** Tells whoever listens. Throws nothing. */
export type TellDeployment = (step: DeploymentStep) => void;
