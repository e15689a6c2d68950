import type { Script } from "./scripted-upstream.ts";

const html = "<html><body>100% of this page is no gRPC</body></html>";

/** Every form in which a load balancer may send a bare status. */
export const bareStatusForms: Readonly<Record<string, (status: number) => Script>> = {
  "END_STREAM on the headers": (status) => (stream) => stream.respond({ ":status": status }, { endStream: true }),
  "an empty DATA frame": (status) => (stream) => {
    stream.respond({ ":status": status });
    stream.end();
  },
  "content-length 0": (status) => (stream) =>
    stream.respond({ ":status": status, "content-length": 0 }, { endStream: true }),
  "a text": (status) => (stream) => {
    stream.respond({ ":status": status, "content-type": "text/plain" });
    stream.end("no");
  },
  "a page of HTML": (status) => (stream) => {
    stream.respond({ ":status": status, "content-type": "text/html", "content-length": html.length });
    stream.end(html);
  },
  "a large page in pieces": (status) => (stream) => {
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
  "the content type of gRPC": (status) => (stream) =>
    stream.respond({ ":status": status, "content-type": "application/grpc" }, { endStream: true }),
};

/** Other bad answers, and one that only looks like one. */
export const badAnswers: Readonly<Record<string, Script>> = {
  "page-200": (stream) => {
    stream.respond({ ":status": 200, "content-type": "text/html" });
    stream.end(html);
  },
  "page-302": (stream) => {
    stream.respond({ ":status": 302, location: "http://elsewhere.test/" }, { endStream: true });
  },
  "page-502": (stream) => {
    stream.respond({ ":status": 502, "content-type": "text/html" });
    stream.end(html);
  },
  "no-trailers": (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" });
    stream.end(new Uint8Array([0, 0, 0, 0, 0]));
  },
  "engine-error": (stream) => {
    const message = encodeURIComponent("the engine's own words, with status: 456");
    // A content length of 0 is legal here: it does not make the answer a page.
    stream.respond(
      {
        ":status": 200,
        "content-type": "application/grpc",
        "content-length": 0,
        "grpc-status": "2",
        "grpc-message": message,
      },
      { endStream: true },
    );
  },
  reset: (stream) => stream.close(2),
  "reset-midway": (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" });
    stream.write(new Uint8Array([0, 0, 0, 0, 9, 1, 2]), () => stream.session?.destroy());
  },
};
