import fc from "fast-check";
import type { Outcome } from "./answer.ts";
import { type Attack, attack, writeAttack } from "./attack.ts";
import type { Call } from "./call.ts";
import type { Target } from "./connection.ts";
import { exchangeH1 } from "./h1-exchange.ts";
import { type H1Request, h1Request, isGoodH1, writeH1 } from "./h1-request.ts";
import { exchangeH2 } from "./h2-exchange.ts";
import { type H2Request, h2Request, isGoodH2, writeH2 } from "./h2-request.ts";

/** A request that a gateway has to stand, or frames that are none. Plain data. */
export type HostileRequest = H1Request | H2Request | Attack | Garbage;

/** Bytes that nobody would call a request. */
interface Garbage {
  readonly wire: "garbage";
  readonly start: string;
  readonly bytes: readonly number[];
}

const garbage: fc.Arbitrary<Garbage> = fc.record({
  wire: fc.constant("garbage"),
  start: fc.constantFrom(
    ...[
      "",
      "\r\n\r\n",
      "\0",
      "PRI * HTTP/2.0\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r",
      "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    ],
    ...["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "SSH-2.0-x\r\n", "GET", "*1\r\n$4\r\nPING\r\n"],
    ...["PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "\r\n\r\nPOST / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n\r\n"],
  ),
  bytes: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 200 }),
});

/** Every kind of request, in the shares in which they are tried. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc.oneof(
  { weight: 40, arbitrary: h1Request },
  { weight: 40, arbitrary: h2Request },
  { weight: 15, arbitrary: attack },
  { weight: 5, arbitrary: garbage },
);

/** Sends a request over a connection of its own and waits for what becomes of it. Rejects if nothing does. */
export function send(target: Target, request: HostileRequest): Promise<Outcome> {
  switch (request.wire) {
    case "h1":
      return exchangeH1(target, writeH1(request));
    case "h2":
      return exchangeH2(target, writeH2(request));
    case "garbage": {
      const bytes = Buffer.concat([Buffer.from(request.start, "latin1"), Buffer.from(request.bytes)]);
      return exchangeH1(target, { bytes, isCutOff: true, answers: 1, isHead: false });
    }
    default:
      return exchangeH2(target, writeAttack(request));
  }
}

/** The call that a request makes, where HTTP allows a good answer to it. */
export function goodCallOf(request: HostileRequest): Call | undefined {
  const isGood = (request.wire === "h1" && isGoodH1(request)) || (request.wire === "h2" && isGoodH2(request));
  return isGood ? request.call : undefined;
}
