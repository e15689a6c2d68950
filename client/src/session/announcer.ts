import type { Strategy } from "../headers.ts";
import type { Runtime } from "../runtime.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import type { Announcement } from "../transport/announcements.ts";

/** Takes what the stack `from` announces for news of the view of this moment, under which it is asked. */
export function createAnnouncer(
  store: StrategyStore,
  runtime: Runtime,
  from: Strategy,
): (announcement: Announcement) => void {
  const { epoch, pending } = store.read();
  return (announcement) => {
    const ids = { epoch, pendingId: pending?.id, newId: runtime.newId() };
    store.dispatch({ type: "announced", ...announcement, from, ...ids, at: runtime.wallMs() });
  };
}
