import { type ConnectOptions, readOptions } from "../src/options.ts";
import { createEngineParts } from "../src/session/engine-parts.ts";
import { unknownStrategy } from "../src/strategy/strategy-state.ts";
import { createMemoryStore } from "../src/strategy/strategy-store.ts";
import { FakeGateway } from "./fake-gateway.ts";
import { createTestRuntime } from "./test-runtime.ts";

/** What stands below a connection: the way to the engine and to the cluster service of a gateway of its own. */
export function openAccess(options: { readonly [Name in keyof ConnectOptions]?: unknown } = {}) {
  const gateway = new FakeGateway();
  const runtime = createTestRuntime();
  const base = { url: "https://gateway.example.com", user: "ann", token: "s3cr3t", fetch: gateway.fetch };
  // What is wrong with the options of a test, the check at run time says.
  const settings = readOptions({ ...base, ...options } as ConnectOptions);
  const end = new AbortController();
  const store = createMemoryStore(unknownStrategy("l", "e0"));
  const context = createEngineParts(settings, runtime, store, end.signal);
  return { gateway, end, ask: context.ask, wakeUp: context.wakeUp, context };
}
