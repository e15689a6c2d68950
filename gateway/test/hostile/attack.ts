import fc from "fast-check";
import { goodCall } from "./call.ts";
import { type Frame, frameFlags, frameTypes, numberFrame, settingsFrame } from "./frames.ts";
import type { H2Frames } from "./h2-exchange.ts";
import { encodeFields, encodeInteger } from "./hpack.ts";
import type { Field } from "./hpack-tables.ts";
import { goodPath } from "./values.ts";

/** Frames that belong to no request, or to many. */
export type Attack =
  | { readonly wire: "frames"; readonly frames: readonly FrameSketch[] }
  | { readonly wire: "flood"; readonly flood: FloodName; readonly count: number };

/** A frame by what is in it: a failure prints it. */
interface FrameSketch {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: "nothing" | "a good call" | "numbers" | "a setting" | "zeros" | "noise" | "too much";
  /** What the length says beyond what there is. */
  readonly more: number;
}

const { endHeaders, endStream } = frameFlags;
const goodFields: readonly Field[] = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", goodPath],
  [":authority", "gateway.test"],
  ...goodCall("application/grpc-web+proto", "blue").headers,
];
const goodBlock = encodeFields(goodFields);

const payloads: Readonly<Record<FrameSketch["payload"], Uint8Array>> = {
  nothing: Buffer.alloc(0),
  "a good call": goodBlock,
  numbers: Buffer.of(0x7f, 0xff, 0xff, 0xff),
  "a setting": Buffer.of(0, 4, 0xff, 0xff, 0xff, 0xff),
  zeros: Buffer.alloc(8),
  noise: Buffer.from([...Array(23).keys()].map((index) => (index * 167 + 13) % 256)),
  "too much": Buffer.alloc(16_385),
};

const frame = fc.record<FrameSketch>({
  type: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 9 }) },
    { weight: 1, arbitrary: fc.constantFrom(10, 12, 16, 99, 255) },
  ),
  flags: fc.constantFrom(0, 1, 4, 5, 8, 0x20, 0x25, 0x2d, 0xff),
  stream: fc.constantFrom(0, 1, 1, 1, 2, 3, 5, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
  payload: fc.constantFrom(
    "nothing",
    "a good call",
    "a good call",
    "numbers",
    "a setting",
    "zeros",
    "noise",
    "too much",
  ),
  more: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, -1, 100, 2 ** 24 - 1),
});

const ping: Frame = { type: frameTypes.ping, flags: 0, stream: 0, payload: Buffer.alloc(8) };
const call = (stream: number): Frame => ({ type: frameTypes.headers, flags: endHeaders, stream, payload: goodBlock });
const streams = (count: number) => Array.from({ length: count }, (_, index) => index * 2 + 1);
const repeated = (count: number, ...frames: readonly Frame[]) => Array.from({ length: count }, () => frames).flat();

/** Many of one thing. */
const floods = {
  settings: (count) => repeated(count, settingsFrame([[3, 100]])),
  "settings without end": (count) => [
    settingsFrame(Array.from({ length: Math.min(count, 2700) }, (_, index) => [index % 9, 0] as const)),
  ],
  "tiny windows": (count) => [
    settingsFrame([[4, 0]]),
    ...streams(Math.min(count, 900)).flatMap((stream) => [call(stream), end(stream)]),
  ],
  "windows that overflow": (count) => [call(1), ...repeated(count, numberFrame("windowUpdate", 1, 2 ** 31 - 1))],
  "window updates": (count) => repeated(count, numberFrame("windowUpdate", 0, 1)),
  pings: (count) => repeated(count, ping),
  priorities: (count) =>
    repeated(count, { type: frameTypes.priority, flags: 0, stream: 1, payload: Buffer.of(0, 0, 0, 3, 9) }),
  "calls reset at once": (count) => streams(count).flatMap((stream) => [call(stream), numberFrame("reset", stream, 8)]),
  "whole calls reset at once": (count) =>
    streams(count).flatMap((stream) => [call(stream), end(stream), numberFrame("reset", stream, 8)]),
  "calls without end": (count) => streams(count).map(call),
  "calls more than one connection may have": (count) => streams(count).flatMap((stream) => [call(stream), end(stream)]),
  "empty data": (count) => [
    call(1),
    ...repeated(count, { type: frameTypes.data, flags: 0, stream: 1, payload: Buffer.alloc(0) }),
  ],
  "data beyond the window": (count) => [
    call(1),
    ...repeated(Math.min(count, 200), { type: frameTypes.data, flags: 0, stream: 1, payload: Buffer.alloc(16_384) }),
  ],
  continuations: (count) => [
    { ...call(1), flags: 0 },
    ...repeated(count, { type: frameTypes.continuation, flags: 0, stream: 1, payload: encodeFields([["x-a", "b"]]) }),
  ],
  "empty continuations": (count) => [
    { ...call(1), flags: 0 },
    ...repeated(count, { type: frameTypes.continuation, flags: 0, stream: 1, payload: Buffer.alloc(0) }),
  ],
  "one large header many times": (count) => [{ ...call(1), flags: endHeaders | endStream, payload: bomb(count) }],
  "many cookies": (count) => [
    {
      ...call(1),
      flags: endHeaders | endStream,
      payload: encodeFields([
        ...goodFields,
        ...Array.from({ length: Math.min(count, 2000) }, (): Field => ["cookie", ""]),
      ]),
    },
  ],
  "unknown frames": (count) => repeated(count, { type: 99, flags: 255, stream: 7, payload: Buffer.alloc(30) }),
  "resets of nothing": (count) => [call(1), end(1), ...repeated(count, numberFrame("reset", 1, 0))],
} as const satisfies Readonly<Record<string, (count: number) => readonly Frame[]>>;

type FloodName = keyof typeof floods;

function end(stream: number): Frame {
  return { type: frameTypes.data, flags: endStream, stream, payload: Buffer.alloc(5) };
}

/** A header of 3900 bytes put into the server's table, then named as often as fits in a frame: a byte for each. */
function bomb(count: number): Uint8Array {
  const value = Buffer.alloc(3900, "v");
  const stored = Buffer.concat([Buffer.of(0x40, 1), Buffer.from("b"), encodeInteger(value.length, 7), value]);
  return Buffer.concat([goodBlock, stored, Buffer.alloc(Math.min(count, 10_000), 0x80 | 62)]);
}

const isFlood = (name: string): name is FloodName => name in floods;

/** Frames out of order, and floods. */
export const attack: fc.Arbitrary<Attack> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({ wire: fc.constant("frames"), frames: fc.array(frame, { minLength: 1, maxLength: 10 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      wire: fc.constant("flood"),
      flood: fc.constantFrom(...Object.keys(floods).filter(isFlood)),
      count: fc.constantFrom(200, 1100, 5000),
    }),
  },
);

/** An attack's frames. */
export function writeAttack(attack: Attack): H2Frames {
  return {
    frames: attack.wire === "flood" ? floods[attack.flood](attack.count) : attack.frames.map(draw),
    awaits: undefined,
  };
}

function draw({ type, flags, stream, payload: name, more }: FrameSketch): Frame {
  const payload = payloads[name];
  return { type, flags, stream, payload, claims: Math.min(Math.max(0, payload.length + more), 2 ** 24 - 1) };
}
