import type { SessionRoute } from "../session/engine-access.ts";
import type { CallScope } from "../transport/call-scope.ts";
import type { CallOptions } from "../transport/engine-caller.ts";

/**
 * A prepared query and where it lives, fixed from prepare to clear whatever happens meanwhile: its stack, its session
 * and its engine.
 */
export interface Pin {
  readonly queryId: string;
  /** What every request about the query says of it. */
  readonly request: { readonly engineIP: string; readonly queryId: string };
  readonly route: SessionRoute;
}

/** The options of a call about a pinned query. */
export function onPin(pin: Pin, { signal, remainingMs }: Pick<CallScope, "signal" | "remainingMs">): CallOptions {
  return { route: pin.route, queryId: pin.queryId, signal, timeoutMs: remainingMs() };
}

/** A pinned query as events and results name it. */
export function placeOf({ queryId, route }: Pin) {
  return { queryId, strategy: route.strategy };
}
