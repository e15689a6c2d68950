import { createAskCluster } from "../cluster/cluster-calls.ts";
import { createSharedWakeUp } from "../cluster/shared-wake-up.ts";
import type { Settings } from "../options.ts";
import type { Runtime } from "../runtime.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import type { WatchAnnouncements } from "../transport/announcements.ts";
import { onAbort } from "../transport/cancellation.ts";
import { createEngineCaller } from "../transport/engine-caller.ts";
import { createGatewayTransport } from "../transport/gateway-transport.ts";
import { createAnnouncer } from "./announcer.ts";
import type { TellDeployment } from "./deployment-event.ts";
import { deploymentNews } from "./deployment-news.ts";
import { Detection } from "./detection.ts";
import { EngineAccess } from "./engine-access.ts";
import { Follower } from "./follower.ts";
import { Pins } from "./pins.ts";
import { createSelection } from "./selection.ts";
import { type PropertyMemory, withProperties } from "./session-properties.ts";
import { Sessions } from "./sessions.ts";
import { createSignIn } from "./sign-in.ts";

/** Puts together what stands below a connection: the way to the engine and to the cluster service, until `closing` ends. */
export function createEngineParts(
  settings: Settings,
  runtime: Runtime,
  store: StrategyStore,
  closing: AbortSignal,
  tell: TellDeployment = () => undefined,
) {
  const watch: WatchAnnouncements = ({ strategy: from }) => {
    const announce = createAnnouncer(store, runtime, from);
    return (announcement) => {
      follower.note(from, announcement.by === "header" ? announcement.stack : undefined);
      announce(announcement);
    };
  };
  const transport = createGatewayTransport(settings, watch, () => follower.next);
  const call = createEngineCaller(transport, ({ code, strategy }) => {
    if (code === "STRATEGY_MISMATCH" && strategy) tell({ type: "mismatch", stack: strategy });
  });
  const properties: PropertyMemory = { json: undefined };
  const signIn = withProperties(createSignIn(call, settings.credentials, settings), call, properties);
  const sessions = new Sessions(signIn, store, closing);
  const ask = createAskCluster(call, settings.credentials, store);
  const wakeUp = createSharedWakeUp(ask, runtime);
  const detection = new Detection(sessions, store, runtime, closing, tell);
  // Before the follower, which acts on what is told here.
  onAbort(
    closing,
    store.subscribe((view, before) => deploymentNews(view, before).forEach(tell)),
  );
  const pins = new Pins(() => follower.safePoint());
  const follower = new Follower(sessions, store, runtime, closing, () => pins.count > 0, tell);
  const access = new EngineAccess({
    ...{ sessions, detection, follower, pins, store, runtime, tell },
    wakeUp: settings.autoResume ? wakeUp : undefined,
    ttlMs: settings.deploymentTtlMs,
    recoveryMs: settings.recoveryTimeoutMs,
    select: createSelection(settings.selectStrategy, tell),
  });
  return { call, access, detection, pins, ask, wakeUp, sessions, properties, settings, store, runtime, closing, tell };
}
