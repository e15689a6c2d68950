/** A part of the platform that sharing rests on: where the state lies, how news travel, and what saves work done twice. */
export type SharingPart = "storage" | "bell" | "locks";

/** What becomes of a shared store. */
export type StoreEvent =
  /**
   * A part of the platform is missing or broken. Without `storage` or `bell` the state is this connection's alone, until the page
   * becomes visible again or a minute has passed; without `locks` several tabs may look for the active stack at a time.
   */
  | {
      readonly type: "store-degraded";
      readonly part: SharingPart;
      /** The name of the platform's error, such as `QuotaExceededError`; `TimeoutError` for what never answered. */
      readonly reason: string;
    }
  /** The state is shared again: what the others know has taken the place of what was known here. */
  | { readonly type: "store-restored" };

/** Is told what becomes of a shared store. */
export type StoreEventListener = (event: StoreEvent) => void;

/** The name of an error, also of another frame's; whatever was thrown. */
export function reasonOf(error: unknown): string {
  const { name = "Error" }: { readonly name?: unknown } = Object(error);
  return String(name);
}
