/** An event on its way to a hook. */
export interface Delivery {
  /** The same for each attempt. */
  readonly id: string;
  /** The event's name. */
  readonly event: string;
  /** The event as JSON. */
  readonly body: string;
}

/** How an attempt to tell a hook of an event has ended. No secret is in the problem: not the URL's path, not the command's arguments. */
export type HookAttempt =
  | { readonly isDone: true }
  | { readonly isDone: false; readonly problem: string; readonly canRepeat: boolean };

/** The one good end. */
export const done: HookAttempt = { isDone: true };

/** A bad end. */
export function failed(problem: string, canRepeat: boolean): HookAttempt {
  return { isDone: false, problem, canRepeat };
}
