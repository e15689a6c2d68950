import { connectRaw, type RawConnection } from "../raw-call.ts";
import { connectHttp1 } from "../raw-http1.ts";
import type { GatewayKind, HttpVersion, Order } from "./cause.ts";
import { startChromium } from "./chromium.ts";
import { type ClientAnswer, openClient } from "./client-call.ts";
import { connectHttp2Fetch } from "./http2-fetch.ts";
import type { Lab } from "./lab.ts";
import { makeToken } from "./tokens.ts";
import { callWeb, type WebAnswer } from "./web-call.ts";

/** A client that has signed in, and makes one call. */
export interface ReadyClient extends AsyncDisposable {
  run(order: Order): Promise<ClientAnswer>;
}

/** How programs of one runtime, which speak one version of HTTP, reach the gateways of a lab. */
export interface Road extends AsyncDisposable {
  callWeb(kind: GatewayKind, order: Order): Promise<WebAnswer>;
  openClient(kind: GatewayKind): Promise<ReadyClient>;
  /** The versions of HTTP that were spoken so far, where somebody watches. */
  protocols?(): ReadonlySet<string>;
}

/** How bytes reach the gateways of a lab, without a program between. */
export interface Wires extends AsyncDisposable {
  to(kind: GatewayKind): Promise<RawConnection>;
}

/** Opens a connection to each gateway when it is first asked for. */
export function openWires({ gateways, ca }: Lab, version: HttpVersion): Wires {
  const open = new Map<GatewayKind, Promise<RawConnection>>();
  const parts = new AsyncDisposableStack();
  const connect = async (kind: GatewayKind) => {
    const { url } = gateways[kind];
    return version === "h1" ? connectHttp1(url, ca) : connectRaw(url, ca);
  };
  return {
    to(kind) {
      // Short of memory, Envoy ends a connection with its first answer.
      const connection =
        (kind === "full" ? undefined : open.get(kind)) ?? connect(kind).then((made) => parts.use(made));
      open.set(kind, connection);
      return connection;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** What a sign-in needs beside user and password. */
function signInHeaders(kind: GatewayKind): Record<string, string> {
  return kind === "guarded" ? { authorization: `Bearer ${makeToken()}` } : {};
}

/** Programs in Node: with its own `fetch`, or with one that speaks HTTP/2. */
export function openNode({ gateways, ca }: Lab, version: HttpVersion): Road {
  const parts = new AsyncDisposableStack();
  const fetches = new Map<GatewayKind, typeof globalThis.fetch>();
  const fetchOf = (kind: GatewayKind) => {
    const fetch =
      fetches.get(kind) ??
      (version === "h1" ? globalThis.fetch : parts.use(connectHttp2Fetch(gateways[kind].url, ca)).fetch);
    fetches.set(kind, fetch);
    return fetch;
  };
  return {
    callWeb: (kind, order) => callWeb(gateways[kind].url, order, fetchOf(kind)),
    async openClient(kind) {
      const client = await openClient(gateways[kind].url, signInHeaders(kind), fetchOf(kind));
      return { run: (order) => client.run(order), [Symbol.asyncDispose]: () => client.close() };
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Programs in Chromium, in a page with this script. */
export async function openChromium({ gateways }: Lab, version: HttpVersion, script: string): Promise<Road> {
  const { page, protocols, ...chromium } = await startChromium(version, script);
  return {
    protocols,
    callWeb: (kind, order) => page.callWeb(gateways[kind].url, order),
    async openClient(kind) {
      const number = await page.openClient(gateways[kind].url, signInHeaders(kind));
      return {
        run: (order) => page.runClient(number, order),
        [Symbol.asyncDispose]: () => page.closeClient(number),
      };
    },
    [Symbol.asyncDispose]: () => chromium[Symbol.asyncDispose](),
  };
}
