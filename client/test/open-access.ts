import { createAskCluster } from "../src/cluster/cluster-calls.ts";
import { createSharedWakeUp } from "../src/cluster/shared-wake-up.ts";
import { type ConnectOptions, readOptions } from "../src/options.ts";
import { Detection } from "../src/session/detection.ts";
import { EngineAccess } from "../src/session/engine-access.ts";
import { Follower } from "../src/session/follower.ts";
import { Pins } from "../src/session/pins.ts";
import { type PropertyMemory, withProperties } from "../src/session/session-properties.ts";
import { Sessions } from "../src/session/sessions.ts";
import { createSignIn } from "../src/session/sign-in.ts";
import { unknownStrategy } from "../src/strategy/strategy-state.ts";
import { createMemoryStore } from "../src/strategy/strategy-store.ts";
import { createEngineCaller } from "../src/transport/engine-caller.ts";
import { createGatewayTransport } from "../src/transport/gateway-transport.ts";
import { FakeGateway } from "./fake-gateway.ts";
import { createTestRuntime } from "./test-runtime.ts";

/** What stands below a connection: the way to the engine and to the cluster service of a gateway of its own. */
export function openAccess(options: { readonly [Name in keyof ConnectOptions]?: unknown } = {}, autoResume = true) {
  const gateway = new FakeGateway();
  const runtime = createTestRuntime();
  const base = { url: "https://gateway.example.com", user: "ann", token: "s3cr3t", fetch: gateway.fetch };
  // What is wrong with the options of a test, the check at run time says.
  const settings = readOptions({ ...base, ...options } as ConnectOptions);
  const end = new AbortController();
  const closing = end.signal;
  const store = createMemoryStore(unknownStrategy("l", "e0"));
  const call = createEngineCaller(createGatewayTransport(settings, () => () => undefined));
  const properties: PropertyMemory = { json: undefined };
  const signIn = withProperties(createSignIn(call, settings.credentials), call, properties);
  const sessions = new Sessions(signIn, store, closing);
  const ask = createAskCluster(call, settings.credentials, store);
  const wakeUp = createSharedWakeUp(ask, runtime);
  const detection = new Detection(sessions, store, runtime, closing);
  const pins = new Pins(() => follower.safePoint());
  const follower = new Follower(sessions, store, runtime, closing, () => pins.count > 0);
  const access = new EngineAccess({
    ...{ sessions, detection, follower, pins, store, runtime },
    wakeUp: autoResume ? wakeUp : undefined,
    ttlMs: settings.deploymentTtlMs,
  });
  return {
    gateway,
    end,
    ask,
    wakeUp,
    context: { call, access, pins, settings, runtime, closing, sessions, properties },
  };
}
