import type { CreateChannel } from "./channel-bell.ts";
import type { OpenDatabase } from "./open-database.ts";
import type { WatchPage } from "./state-row.ts";
import type { RequestLock } from "./tab-lock.ts";

/** What a browser store needs of a browser. Each may throw, reject or never answer. */
export interface Platform {
  readonly openDatabase: OpenDatabase;
  readonly createChannel: CreateChannel;
  readonly requestLock: RequestLock;
  readonly watchPage: WatchPage;
}

/** The global scope of a page, a frame or a worker, of which any part may be missing. */
export type PlatformScope = Pick<EventTarget, "addEventListener" | "removeEventListener"> & {
  readonly indexedDB?: IDBFactory | undefined;
  readonly BroadcastChannel?: typeof BroadcastChannel | undefined;
  readonly navigator?: { readonly locks?: LockManager | undefined } | undefined;
  readonly document?: Document | undefined;
};

/** The platform of a global scope. Nothing of it is touched before it is needed: a look alone may throw. */
export function platformOf(scope: PlatformScope): Platform {
  return {
    openDatabase: (name, version) => present(scope.indexedDB).open(name, version),
    createChannel: (name) => new (present(scope.BroadcastChannel))(name),
    requestLock: (name, signal, held) => present(scope.navigator?.locks).request(name, { signal }, held),
    watchPage: (onReturn, onLeave) => watchPage(scope, onReturn, onLeave),
  };
}

function present<T>(part: T | undefined): T {
  if (part === undefined || part === null) throw new DOMException("missing", "NotSupportedError");
  return part;
}

function watchPage(scope: PlatformScope, onReturn: () => void, onLeave: () => void): () => void {
  const { document } = scope;
  if (document === undefined) return () => undefined;
  const end = new AbortController();
  const { signal } = end;
  const onVisible = () => {
    if (document.visibilityState === "visible") onReturn();
  };
  const ifKept = (then: () => void) => (event: Event) => {
    // Other than a page that is loaded or left for good.
    if ("persisted" in event && event.persisted === true) then();
  };
  document.addEventListener("visibilitychange", onVisible, { signal });
  document.addEventListener("resume", onReturn, { signal });
  scope.addEventListener("pageshow", ifKept(onReturn), { signal });
  scope.addEventListener("pagehide", ifKept(onLeave), { signal });
  return () => end.abort();
}
