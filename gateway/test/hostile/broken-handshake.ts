import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import fc from "fast-check";

/** A handshake of TLS that goes wrong. Plain data. */
export interface BrokenHandshake {
  /** What is sent in place of a caller's first words, or before they are at their end. */
  readonly start: "nothing" | "noise" | "plain HTTP" | "a hello" | "half a hello" | "a damaged hello" | "two hellos";
  /** Where it is damaged, as a share of the whole, and by which byte. */
  readonly at: number;
  readonly byte: number;
  /** What is said to the other end's first words. */
  readonly reply: "nothing" | "noise" | "an alert" | "data" | "a reset";
}

/** Every kind of it. */
export const brokenHandshake: fc.Arbitrary<BrokenHandshake> = fc.record({
  start: fc.constantFrom(
    ...(["nothing", "noise", "plain HTTP", "a hello", "a hello"] as const),
    ...(["half a hello", "a damaged hello", "a damaged hello", "a damaged hello", "two hellos"] as const),
  ),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  byte: fc.integer({ min: 0, max: 255 }),
  reply: fc.constantFrom("nothing", "noise", "an alert", "data", "a reset"),
});

/** The first record of a caller that speaks this version of TLS at most, and HTTP/2. */
export async function helloOf(maxVersion: "TLSv1.2" | "TLSv1.3"): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const caller = connectTls({ port, host: "127.0.0.1", maxVersion, ALPNProtocols: ["h2"] });
  caller.on("error", () => undefined);
  const [socket]: Socket[] = await once(server, "connection");
  const [hello]: Buffer[] = await once(socket ?? caller, "data");
  caller.destroy();
  socket?.destroy();
  server.close();
  return hello ?? Buffer.alloc(0);
}

const noise = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 167 + 13) % 256));
/** Records by which a caller answers, each with a length that is right. */
const answers: Readonly<Record<Exclude<BrokenHandshake["reply"], "a reset">, Uint8Array>> = {
  nothing: Buffer.alloc(0),
  noise,
  // Fatal: what came was not expected.
  "an alert": Buffer.of(0x15, 3, 3, 0, 2, 2, 10),
  // As if it were agreed on how to encrypt.
  data: Buffer.of(0x17, 3, 3, 0, 5, 1, 2, 3, 4, 5),
};

/** Milliseconds without a word, after which the other end counts as hanging. */
const timeLimit = 20_000;

/** Begins a handshake of which nothing can come. Resolves with what the other end has said when it has ended the connection; rejects where it does not. */
export async function breakHandshake(port: number, hello: Buffer, broken: BrokenHandshake): Promise<Buffer> {
  const socket = connect(port, "127.0.0.1");
  const said: Buffer[] = [];
  // A reset is an end like another: `close` follows.
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => said.push(chunk));
  let hangs = false;
  socket.setTimeout(timeLimit, () => {
    hangs = true;
    socket.destroy();
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(startOf(broken, hello));
  if (broken.start === "a hello" || broken.start === "two hellos") {
    await Promise.race([once(socket, "data"), closed]).catch(() => undefined);
  }
  if (broken.reply === "a reset") socket.resetAndDestroy();
  else socket.end(answers[broken.reply]);
  await closed;
  if (hangs) throw new Error("HANGS: the connection does not end");
  return Buffer.concat(said);
}

function startOf({ start, at, byte }: BrokenHandshake, hello: Buffer): Uint8Array {
  const place = Math.floor(hello.length * at);
  switch (start) {
    case "nothing":
      return Buffer.alloc(0);
    case "noise":
      return noise;
    case "plain HTTP":
      return Buffer.from("POST /QueryEngineService/status HTTP/1.1\r\nhost: gateway.test\r\n\r\n");
    case "a hello":
      return hello;
    case "half a hello":
      return hello.subarray(0, place);
    case "a damaged hello":
      return Buffer.concat([hello.subarray(0, place), Buffer.of(byte), hello.subarray(place + 1)]);
    case "two hellos":
      return Buffer.concat([hello, hello]);
  }
}
