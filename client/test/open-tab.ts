import { expect } from "vitest";
import { platformRuntime } from "../src/runtime.ts";
import { FakeSharing, type Step } from "./fake-sharing.ts";
import { createManualRuntime } from "./manual-runtime.ts";
import { eventually } from "./store-suite.ts";
import { news } from "./view-news.ts";

/** What never settles. */
export const never = new Promise<never>(() => undefined);

/** A tab whose platform does what `pace` says, which may be changed. */
export function openTab(sharing = new FakeSharing(), pace: (step: Step) => void | Promise<void> = () => undefined) {
  const platform = { pace };
  const runtime = Object.assign(createManualRuntime(), { newId: platformRuntime.newId });
  const { store, events, page } = sharing.open(runtime, (step) => platform.pace(step));
  return { sharing, platform, runtime, store, events, page };
}

/** A tab that shares a row which says that blue is active. */
export async function openOnBlue(pace?: (step: Step) => void | Promise<void>) {
  const tab = openTab(new FakeSharing(), pace);
  tab.store.dispatch(news.accepted(tab.store.read(), "blue"));
  await eventually(() => expect(tab.store.read().version).toBe(1));
  return tab;
}

/** A platform whose steps of these kinds fail by an error of that name. */
export function broken(name: string, ...steps: readonly Step[]) {
  return (step: Step) => (steps.includes(step) ? Promise.reject(new DOMException("told to fail", name)) : undefined);
}
