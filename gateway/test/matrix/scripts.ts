import { constants, type ServerHttp2Stream } from "node:http2";
import { framed } from "../frame.ts";
import { ok, type Script } from "../scripted-upstream.ts";
import { framedBatch, signInMessage } from "./messages.ts";

const html = "<html><body>100% of this page is no gRPC</body></html>";
const grpc = { ":status": 200, "content-type": "application/grpc" };

/** Every form in which a load balancer may send a bare status, by a name that fits into a header. */
export const bareForms: Readonly<Record<string, (status: number) => Script>> = {
  "end-stream": (status) => (stream) => stream.respond({ ":status": status }, { endStream: true }),
  "empty-data": (status) => (stream) => {
    stream.respond({ ":status": status });
    stream.end();
  },
  "content-length-0": (status) => (stream) =>
    stream.respond({ ":status": status, "content-length": 0 }, { endStream: true }),
  text: (status) => (stream) => {
    stream.respond({ ":status": status, "content-type": "text/plain" });
    stream.end("no");
  },
  html: (status) => (stream) => {
    stream.respond({ ":status": status, "content-type": "text/html", "content-length": html.length });
    stream.end(html);
  },
  "large-html": (status) => (stream) => {
    stream.respond({ ":status": status, "content-type": "text/html" });
    for (let piece = 0; piece < 30; piece += 1) {
      stream.write("x".repeat(10_000));
    }
    stream.end();
  },
  trailers: (status) => (stream) => {
    stream.respond({ ":status": status, "content-type": "text/plain" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-late": "1" }));
    stream.end("no");
  },
  "grpc-type": (status) => (stream) =>
    stream.respond({ ":status": status, "content-type": "application/grpc" }, { endStream: true }),
};

/** Other statuses that a load balancer may send: with a page, or with nothing where HTTP lets none be there. */
const otherStatuses = [204, 302, 400, 401, 403, 404, 408, 413, 418, 429, 500, 502, 504] as const;

function otherStatus(status: number): Script {
  if (status === 204) {
    return (stream) => stream.respond({ ":status": status }, { endStream: true });
  }
  return (stream) => {
    stream.respond({
      ":status": status,
      "content-type": "text/html",
      ...(status === 302 ? { location: "http://elsewhere.test/" } : {}),
    });
    stream.end(html);
  };
}

/** The engine's own words, as it sends them. */
export const engineWords = "line 1:8: Column 'received status: 456' cannot be resolved, 100% sure";
const engineError = { "grpc-status": "2", "grpc-message": encodeURIComponent(engineWords) };

/** Ends an answer by trailers. */
function endWith(stream: ServerHttp2Stream, trailers: Readonly<Record<string, string>>, body?: Uint8Array): void {
  stream.respond(grpc, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end(body);
}

/** The beginning of a message of which its frame says that it is a gigabyte long. */
const halfMessage = new Uint8Array([0, 0x40, 0, 0, 0, 1, 2]);

const answers: Readonly<Record<string, Script>> = {
  "page-html": (stream) => {
    stream.respond({ ":status": 200, "content-type": "text/html" });
    stream.end(html);
  },
  "page-json": (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/json" });
    stream.end('{"status":"ok"}');
  },
  "page-empty": (stream) => stream.respond({ ":status": 200 }, { endStream: true }),
  "error-at-once": (stream) =>
    // A content length of 0 is legal here: it does not make the answer a page.
    stream.respond({ ...grpc, "content-length": 0, ...engineError }, { endStream: true }),
  "error-in-trailers": (stream) => endWith(stream, engineError),
  "error-after-data": (stream) => endWith(stream, engineError, framed(new Uint8Array())),
  "no-trailers": (stream) => {
    stream.respond(grpc);
    stream.end(framed(new Uint8Array()));
  },
  "no-status": (stream) => stream.respond(grpc, { endStream: true }),
  batch: (stream) => endWith(stream, { "grpc-status": "0" }, framedBatch()),
};

const losses: Readonly<Record<string, Script>> = {
  reset: (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  disconnect: (stream) => stream.session?.destroy(),
  refuse: (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
  "reset-midway": (stream) => {
    stream.respond(grpc);
    // Not `close`, which ends the answer as if it were complete before it resets the stream.
    stream.write(halfMessage, () => stream.destroy(new Error("the engine has failed")));
  },
  "disconnect-midway": (stream) => {
    stream.respond(grpc);
    stream.write(halfMessage, () => stream.session?.destroy());
  },
  // Says nothing until the gateway has had enough of it.
  silent: () => undefined,
  "silent-midway": (stream) => {
    stream.respond(grpc);
    stream.write(halfMessage);
  },
  // Gives signs of life for ever.
  endless: (stream) => {
    stream.respond(grpc);
    const timer = setInterval(() => stream.write(new Uint8Array([0])), 10);
    stream.once("close", () => clearInterval(timer));
    stream.write(halfMessage);
  },
};

/** What a stack may do with a call, by the name that the call gives; a sign-in succeeds, whatever it is asked for. */
export const scripts: Readonly<Record<string, Script>> = {
  ...Object.fromEntries(
    [456, 503].flatMap((status) =>
      Object.entries(bareForms).map(([form, script]) => [`${status}-${form}`, script(status)]),
    ),
  ),
  ...Object.fromEntries(otherStatuses.map((status) => [`status-${status}`, otherStatus(status)])),
  ...answers,
  ...losses,
  "/QueryEngineService/authenticate": (stream) => endWith(stream, { "grpc-status": "0" }, framed(signInMessage())),
  "refuse-once": refuseEveryOther(),
};

/** Refuses the first of two tries. */
function refuseEveryOther(): Script {
  let tries = 0;
  return (stream, upstream) => {
    tries += 1;
    return tries % 2 === 1 ? stream.close(constants.NGHTTP2_REFUSED_STREAM) : ok(stream, upstream);
  };
}
