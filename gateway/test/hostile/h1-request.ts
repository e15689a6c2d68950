import fc from "fast-check";
import { type Call, encodeBody, hostileCall, isGoodHttp } from "./call.ts";
import type { H1Bytes } from "./h1-exchange.ts";

/** A request of HTTP/1, with something wrong with it: with what it asks for, or with how it is written. */
export interface H1Request {
  readonly wire: "h1";
  readonly call: Call;
  readonly version: string;
  readonly framing: FramingName;
  readonly damage: Damage | undefined;
}

/** Bytes that are not as they were written: some are missing, other or more. */
interface Damage {
  /** Where, as a share of the whole. */
  readonly at: number;
  readonly removes: number;
  readonly inserts: string;
  readonly isCut: boolean;
}

/** How a request says where it ends: the headers for that, and the body; and whether all that it promises is there. */
interface Framing {
  readonly headers: (length: number) => string;
  readonly body: (body: string) => string;
  readonly isCutOff?: true;
  /** By one reading there is another request behind it: by the other, the connection has to end with this one. */
  readonly hidesAnother?: true;
  readonly isGood?: true;
}

const asIs = (body: string) => body;
const chunk = (body: string) => (body === "" ? "" : `${body.length.toString(16)}\r\n${body}\r\n`);
const chunked = (body: string) => `${chunk(body)}0\r\n\r\n`;
const te = (value: string) => () => `transfer-encoding: ${value}\r\n`;
const lengths = (...values: readonly string[]) => values.map((value) => `content-length: ${value}\r\n`).join("");
/** Asked for inside of what is a body by one reading and not by the other: no upstream may see it. */
const smuggled =
  "POST /QueryEngineService/status HTTP/1.1\r\nhost: gateway.test\r\ncontent-type: application/grpc-web+proto\r\nx-smuggled: 1\r\ncontent-length: 0\r\n\r\n";

const framings = {
  length: { headers: (n) => lengths(`${n}`), body: asIs, isGood: true },
  chunked: { headers: te("chunked"), body: chunked, isGood: true },
  "chunks of one byte": {
    headers: te("chunked"),
    body: (body) => `${[...body.slice(0, 300)].map(chunk).join("")}${chunk(body.slice(300))}0\r\n\r\n`,
    isGood: true,
  },
  "chunk extensions": { headers: te("chunked"), body: (body) => `${chunk(body)}0;a="b;\\"c"\r\n\r\n`, isGood: true },
  "trailers with a strategy": {
    headers: te("chunked"),
    body: (body) => `${chunk(body)}0\r\nstrategy: green\r\nx-smuggled: 1\r\n\r\n`,
    isGood: true,
  },
  "length twice": { headers: (n) => lengths(`${n}`, `${n}`), body: asIs },
  "two lengths": {
    headers: (n) => lengths(`${n}`, `${n + smuggled.length}`),
    body: (body) => body + smuggled,
    hidesAnother: true,
  },
  "two lengths, the longer first": {
    headers: (n) => lengths(`${n + smuggled.length}`, `${n}`),
    body: (body) => body + smuggled,
    hidesAnother: true,
  },
  "lengths in a list": { headers: (n) => lengths(`${n}, ${n}`), body: asIs },
  "a negative length": { headers: () => lengths("-1"), body: asIs },
  "a length with a sign": { headers: (n) => lengths(`+${n}`), body: asIs },
  "a length in hexadecimal": { headers: (n) => lengths(`0x${n.toString(16)}`), body: asIs },
  "an endless length": { headers: () => lengths("18446744073709551616"), body: asIs },
  "an empty length": { headers: () => lengths(""), body: asIs },
  "a length with a point": { headers: (n) => lengths(`${n}.0`), body: asIs },
  "length and chunked": {
    headers: (n) => `${lengths(`${n + 5 + smuggled.length}`)}transfer-encoding: chunked\r\n`,
    body: (body) => chunked(body) + smuggled,
    hidesAnother: true,
  },
  "chunked and length": {
    headers: () => `transfer-encoding: chunked\r\n${lengths("4")}`,
    body: (body) => chunked(body + smuggled),
    hidesAnother: true,
  },
  "chunked misspelt": {
    headers: (n) => `transfer-encoding: xchunked\r\n${lengths(`${n}`)}`,
    body: (body) => chunked(body) + smuggled,
    hidesAnother: true,
  },
  "chunked in capitals": { headers: te("CHUNKED"), body: chunked },
  "chunked twice": { headers: te("chunked, chunked"), body: (body) => chunked(chunked(body)) },
  "chunked after gzip": { headers: te("gzip, chunked"), body: chunked },
  "identity and chunked": { headers: te("identity\r\ntransfer-encoding: chunked"), body: chunked },
  "chunked before something": {
    headers: te("chunked, identity"),
    body: (body) => chunked(body) + smuggled,
    isCutOff: true,
  },
  "chunked behind a control": {
    headers: (n) => `transfer-encoding: \x0bchunked\r\n${lengths(`${n}`)}`,
    body: (body) => chunked(body) + smuggled,
    hidesAnother: true,
  },
  "a space before the colon": {
    headers: (n) => `transfer-encoding : chunked\r\n${lengths(`${n}`)}`,
    body: (body) => chunked(body) + smuggled,
    hidesAnother: true,
  },
  "a folded transfer-encoding": { headers: () => "transfer-encoding:\r\n chunked\r\n", body: chunked },
  "an endless chunk": { headers: te("chunked"), body: (body) => `ffffffffffffffffffff\r\n${body}`, isCutOff: true },
  "a negative chunk": { headers: te("chunked"), body: (body) => `-5\r\n${body}\r\n0\r\n\r\n` },
  "a chunk in 0x": { headers: te("chunked"), body: (body) => `0x${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` },
  "a chunk too long": {
    headers: te("chunked"),
    body: (body) => `${(body.length + 1).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    isCutOff: true,
  },
  "a chunk too short": { headers: te("chunked"), body: (body) => `1\r\n${body}xx\r\n0\r\n\r\n` },
  "chunks in bare lines": {
    headers: te("chunked"),
    body: (body) => `${body.length.toString(16)}\n${body}\n0\n\n`,
    isCutOff: true,
  },
  "a long chunk extension": {
    headers: te("chunked"),
    body: (body) => `${chunk(body)}0;${"x".repeat(100_000)}\r\n\r\n`,
    isCutOff: true,
  },
  "no last chunk": { headers: te("chunked"), body: chunk, isCutOff: true },
  "bad trailers": {
    headers: te("chunked"),
    body: (body) => `${chunk(body)}0\r\nno colon\r\n: x\r\n\r\n`,
    isCutOff: true,
  },
  "too little": { headers: (n) => lengths(`${n + 9}`), body: asIs, isCutOff: true },
  "too much": { headers: (n) => lengths(`${n}`), body: (body) => `${body}\0\0\0` },
  "no length": { headers: () => "", body: asIs },
  "two hosts": { headers: (n) => `host: other.test\r\n${lengths(`${n}`)}`, body: asIs },
  "a folded header": { headers: (n) => `x-folded: a\r\n b\r\n${lengths(`${n}`)}`, body: asIs },
  "a line without a colon": { headers: (n) => `nothing\r\n${lengths(`${n}`)}`, body: asIs },
  "six megabytes": { headers: () => lengths(`${6 * 2 ** 20}`), body: () => "\0".repeat(6 * 2 ** 20) },
} as const satisfies Readonly<Record<string, Framing>>;

type FramingName = keyof typeof framings;

const isFraming = (name: string): name is FramingName => name in framings;
const framingNames = Object.keys(framings).filter(isFraming);

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removes: fc.constantFrom(0, 0, 1, 2, 8, 100),
  inserts: fc.constantFrom(
    "",
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\r\n\r\n",
    ":",
    " ",
    "\xff\xfe",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x02",
  ),
  isCut: fc.boolean(),
});

/** Requests of HTTP/1: most are good but for what they ask for, so that their answers can be told. */
export const h1Request: fc.Arbitrary<H1Request> = fc.record({
  wire: fc.constant("h1"),
  call: hostileCall(false),
  version: fc.oneof(
    { weight: 24, arbitrary: fc.constant("HTTP/1.1") },
    {
      weight: 1,
      arbitrary: fc.constantFrom("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "http/1.1", "HTTP/1.1 x", ""),
    },
  ),
  framing: fc.oneof(
    { weight: 1200, arbitrary: fc.constantFrom<FramingName>("length", "chunked") },
    // One in some hundreds is large.
    { weight: 300, arbitrary: fc.constantFrom(...framingNames.filter((name) => name !== "six megabytes")) },
    { weight: 3, arbitrary: fc.constant<FramingName>("six megabytes") },
  ),
  damage: fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: damage }),
});

/** A request's bytes. */
export function writeH1({ call, version, framing, damage }: H1Request): H1Bytes {
  const body = Buffer.from(encodeBody(call.body)).toString("latin1");
  const { headers, body: frame, isCutOff, hidesAnother }: Framing = framings[framing];
  const fields = call.headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const line = `${call.method} ${call.path} ${version}\r\n`;
  const whole = `${line}host: gateway.test\r\n${fields}${headers(body.length)}\r\n${frame(body)}`;
  const text = damage === undefined ? whole : harm(whole, damage);
  return {
    bytes: Buffer.from(text, "latin1"),
    isCutOff: isCutOff === true || damage !== undefined,
    answers: hidesAnother ? 2 : 1,
    isHead: call.method === "HEAD",
  };
}

function harm(whole: string, { at, removes, inserts, isCut }: Damage): string {
  const start = Math.floor(whole.length * at);
  return whole.slice(0, start) + inserts + (isCut ? "" : whole.slice(start + removes));
}

/** Whether HTTP allows an answer that says what is wrong. */
export function isGoodH1({ call, version, framing, damage }: H1Request): boolean {
  const { isGood }: Framing = framings[framing];
  return isGood === true && version === "HTTP/1.1" && damage === undefined && isGoodHttp(call);
}
