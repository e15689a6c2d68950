import { once } from "node:events";
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { framed } from "./frame.ts";

/** What an upstream does with a call: named by the call's `x-script` header, or by its `cluster-name`, which a page may send too. */
export type Script = (stream: ServerHttp2Stream, upstream: ScriptedUpstream) => void | Promise<void>;

/** A stack that does what a call asks it to: HTTP/2, in clear text unless it is given a certificate, on any free port. */
export interface ScriptedUpstream extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  /** The headers of every call so far. */
  readonly calls: IncomingHttpHeaders[];
  /** How many calls of the script `hold` wait. */
  readonly held: number;
  /** Resolves when so many calls of the script `hold` wait. */
  untilHeld(count: number): Promise<void>;
  /** Lets every call of the script `hold` go on. */
  release(): void;
  close(): Promise<void>;
}

/**
 * Starts an upstream that tells its name in the header `x-upstream`. Calls without a script get that of their path, if there is one,
 * or the script `ok`.
 */
export async function startUpstream(
  name: string,
  scripts: Readonly<Record<string, Script>>,
  tls?: SecureServerOptions,
): Promise<ScriptedUpstream> {
  const calls: IncomingHttpHeaders[] = [];
  const waiting: (() => void)[] = [];
  const watchers: (() => void)[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = tls === undefined ? createServer(limits) : createSecureServer({ ...limits, ...tls });
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  const hold = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      for (const watcher of watchers) {
        watcher();
      }
    });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const upstream: ScriptedUpstream = {
    name,
    port: typeof address === "object" && address !== null ? address.port : 0,
    calls,
    get held() {
      return waiting.length;
    },
    async untilHeld(count) {
      while (waiting.length < count) {
        await new Promise<void>((resolve) => watchers.push(resolve));
      }
    },
    release() {
      for (const resume of waiting.splice(0)) {
        resume();
      }
    },
    async close() {
      for (const session of sessions) {
        session.destroy();
      }
      server.close();
      await once(server, "close");
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
  const known: Readonly<Record<string, Script>> = {
    ok,
    hold: (stream) => hold().then(() => ok(stream, upstream)),
    ...scripts,
  };
  server.on("stream", (stream, headers) => {
    calls.push(headers);
    // A caller that hangs up is no failure of the test.
    stream.on("error", () => undefined);
    stream.resume();
    const names = [headers["x-script"], headers[":path"], headers["cluster-name"], "ok"];
    void names.flatMap((name) => known[String(name)] ?? [])[0]?.(stream, upstream);
  });
  return upstream;
}

/** Room for answers of many megabytes. */
const limits = { maxSessionMemory: 1000 };

/** A good answer: one empty message, status 0 in the trailers. */
export const ok: Script = (stream, upstream) => {
  if (stream.destroyed) {
    return;
  }
  stream.respond(
    { ":status": 200, "content-type": "application/grpc", "x-upstream": upstream.name },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(framed(new Uint8Array()));
};
