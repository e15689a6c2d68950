import type { Collector } from "./collector.ts";

/** Timers that are meant: what lies below is the client's own pace. */
const longTimerMs = 1000;

/** Listens to what the page's scripts do with the platform: messages to other tabs, and long timers that were not called off. */
export function watchPlatform({ text, longTimer }: Collector): void {
  const { postMessage } = BroadcastChannel.prototype;
  BroadcastChannel.prototype.postMessage = function post(this: BroadcastChannel, message: unknown) {
    text("message", `${this.name} ${JSON.stringify(message)}`);
    postMessage.call(this, message);
  };
  const { setTimeout } = globalThis;
  const watched = (action: () => void, milliseconds = 0) => {
    if (milliseconds < longTimerMs) return setTimeout(action, milliseconds);
    const setBy = callers();
    const due = () => {
      longTimer({ milliseconds, setBy });
      action();
    };
    return setTimeout(due, milliseconds);
  };
  // The client calls it with a function and a time; the platform's has more forms.
  globalThis.setTimeout = watched as typeof globalThis.setTimeout;
}

/** The names of the functions that led here, but for this file's own. */
function callers(): string {
  const frames = [...(new Error("where").stack ?? "").matchAll(/^ +at (?:async )?(.+?) \(/gm)];
  return frames
    .slice(2)
    .map(([, name]) => name)
    .join(" < ");
}
