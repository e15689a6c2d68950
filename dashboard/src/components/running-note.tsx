import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { durationText } from "../quantity.ts";

/** How often the time that has passed is written anew, in milliseconds. */
const tick = 100;

/** Says that a statement runs, and for how long already. `startedAt` is of `performance.now()`. */
export function RunningNote({ startedAt }: { readonly startedAt: number }) {
  const elapsed = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => {
      elapsed.value = performance.now() - startedAt;
    }, tick);
    return () => clearInterval(timer);
  }, [startedAt]);
  return (
    <div class="running">
      <div class="running-bar" aria-hidden="true" />
      <p class="running-text">Running</p>
      {/* A screen reader hears the start and the end, not ten numbers a second. */}
      <p class="running-time" aria-hidden="true">
        {durationText(elapsed.value)}
      </p>
    </div>
  );
}
