import type { E6ErrorCode } from "../error-code.ts";
import type { Strategy } from "../headers.ts";
import type { StoreEvent } from "../store/store-event.ts";

/** What has happened to a connection in a deployment. Holds no user, token, session or SQL. */
export type DeploymentEvent =
  /** A switch to `stack` was announced; new work stays where it is until `stack` has accepted. */
  | { readonly type: "announced"; readonly stack: Strategy; readonly by: "header" | "message" }
  /** The announced stack was called off before the switch was made. */
  | { readonly type: "called-off"; readonly stack: Strategy }
  /** `stack` has accepted a sign-in in the background. */
  | { readonly type: "accepted"; readonly stack: Strategy }
  /** `stack` has refused one: it is asked again, unless `isFinal`. No query has failed by it. */
  | {
      readonly type: "refused";
      readonly stack: Strategy;
      readonly code: E6ErrorCode | undefined;
      readonly isFinal: boolean;
    }
  /** New work goes to another stack from now on, whoever found out. `from`: nothing where none was known. */
  | { readonly type: "switched"; readonly from: Strategy | undefined; readonly to: Strategy }
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
  | StoreEvent;

/** Tells whoever listens. Throws nothing. */
export type TellDeployment = (event: DeploymentEvent) => void;
