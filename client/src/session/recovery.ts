import type { E6ErrorCode } from "../error-code.ts";

/** What may cure a failure of new work: find the active stack, sign in again where we are, wake the cluster, or nothing. */
export type Recovery = "detect" | "sign-in" | "wake-up" | "give-up";

const recoveries: Partial<Readonly<Record<E6ErrorCode, Recovery>>> = {
  STRATEGY_MISMATCH: "detect",
  SESSION_EXPIRED: "sign-in",
  CLUSTER_SUSPENDED: "wake-up",
};

/** The cure for a failure of new work, which may always be repeated: nothing of it has run. */
export function recoveryOfNewWork(code: E6ErrorCode): Recovery {
  return recoveries[code] ?? "give-up";
}
