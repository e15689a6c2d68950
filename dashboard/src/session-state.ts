import type { Strategy } from "e6data-web";
import type { EngineConnection } from "./engine-port.ts";
import type { ErrorReport } from "./error-report.ts";

/**
 * Whether the page is connected:
 *
 *     signedOut ──start──▶ signingIn ──accept──▶ signedIn ──end──▶ signedOut
 *         ▲                    │ fail                │ answer (which stack is active)
 *         └────────────────────┘                     └──▶ signedIn
 */
export type SessionState =
  | { readonly kind: "signedOut"; readonly failure?: ErrorReport }
  | { readonly kind: "signingIn" }
  | SignedIn;

/** Connected, and what the page shows of it. Never the token. */
export interface SignedIn {
  readonly kind: "signedIn";
  readonly connection: EngineConnection;
  readonly who: string;
  readonly gatewayUrl: string;
  /** The stack that gave the last answer. */
  readonly strategy: Strategy;
  /** The stack before, if the last answer came from another one than the answer before it. */
  readonly movedFrom?: Strategy;
}

/** What changes a {@link SessionState}. */
export type SessionEvent =
  | { readonly kind: "start" }
  | ({ readonly kind: "accept" } & Omit<SignedIn, "kind" | "movedFrom">)
  | { readonly kind: "fail"; readonly failure: ErrorReport }
  | { readonly kind: "answer"; readonly strategy: Strategy }
  | { readonly kind: "end" };

/** The one function that changes the session's state. An event that does not fit the state changes nothing. */
export function nextSession(state: SessionState, event: SessionEvent): SessionState {
  switch (event.kind) {
    case "start":
      return state.kind === "signedOut" ? { kind: "signingIn" } : state;
    case "accept":
      return state.kind === "signingIn" ? { ...event, kind: "signedIn" } : state;
    case "fail":
      return state.kind === "signingIn" ? { kind: "signedOut", failure: event.failure } : state;
    case "answer":
      return state.kind === "signedIn" ? afterAnswer(state, event.strategy) : state;
    case "end":
      return { kind: "signedOut" };
  }
}

function afterAnswer({ movedFrom: _, ...state }: SignedIn, strategy: Strategy): SignedIn {
  return state.strategy === strategy ? state : { ...state, strategy, movedFrom: state.strategy };
}
