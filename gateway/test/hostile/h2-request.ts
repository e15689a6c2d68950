import fc from "fast-check";
import { type Call, encodeBody, hostileCall, isGoodHttp } from "./call.ts";
import { type Frame, frameFlags, frameTypes } from "./frames.ts";
import type { H2Frames } from "./h2-exchange.ts";
import { encodeFields } from "./hpack.ts";
import type { Field } from "./hpack-tables.ts";

/** A request of HTTP/2, with something wrong with it: with what it asks for, or with how it is written. */
export interface H2Request {
  readonly wire: "h2";
  readonly call: Call;
  readonly shape: ShapeName;
}

/** How a call becomes frames. */
interface Shape {
  readonly frames: (call: Call, body: Uint8Array) => readonly Frame[];
  readonly stream?: number;
  /** HTTP/2 has the whole connection end by it, and nobody answers. */
  readonly endsAll?: true;
  readonly isGood?: true;
}

const { endStream, endHeaders, padded, priority } = frameFlags;
const maxFrame = 16_384;

/** The fields of a call, with some of its pseudo-headers changed or left out. */
function fieldsOf(call: Call, changed: Readonly<Record<string, string | undefined>> = {}): readonly Field[] {
  const pseudo = {
    ":method": call.method,
    ":scheme": "http",
    ":path": call.path,
    ":authority": "gateway.test",
    ...changed,
  };
  const present = Object.entries(pseudo).filter((field): field is [string, string] => field[1] !== undefined);
  return [...present, ...call.headers];
}

/** The fields in frames of the size that every server takes, or smaller ones. The flags are for the first; the last ends the headers. */
function headers(fields: readonly Field[], flags = 0, stream = 1, size = maxFrame): readonly Frame[] {
  const block = encodeFields(fields);
  const count = Math.max(1, Math.ceil(block.length / size));
  return Array.from({ length: count }, (_, index) => ({
    type: index === 0 ? frameTypes.headers : frameTypes.continuation,
    flags: (index === 0 ? flags : 0) | (index === count - 1 ? endHeaders : 0),
    stream,
    payload: block.subarray(index * size, (index + 1) * size),
  }));
}

/** The body in frames of that size. */
function data(body: Uint8Array, flags: number = endStream, stream = 1): readonly Frame[] {
  const count = Math.max(1, Math.ceil(body.length / maxFrame));
  return Array.from({ length: count }, (_, index) => ({
    type: frameTypes.data,
    flags: index === count - 1 ? flags : 0,
    stream,
    payload: body.subarray(index * maxFrame, (index + 1) * maxFrame),
  }));
}

/** All fields in one frame, which may be larger than servers take. */
function fieldFrame(call: Call): Frame {
  return { type: frameTypes.headers, flags: endHeaders | endStream, stream: 1, payload: encodeFields(fieldsOf(call)) };
}

const plain = (fields: readonly Field[], body: Uint8Array) => [...headers(fields), ...data(body)];
const pad = (payload: Uint8Array) => Buffer.concat([Buffer.of(7), payload, Buffer.alloc(7)]);

const shapes = {
  plain: { frames: (call, body) => plain(fieldsOf(call), body), isGood: true },
  "another stream": {
    frames: (call, body) => [...headers(fieldsOf(call), 0, 2 ** 31 - 1), ...data(body, endStream, 2 ** 31 - 1)],
    stream: 2 ** 31 - 1,
    isGood: true,
  },
  "padding and priority": {
    frames: (call, body) => [
      {
        type: frameTypes.headers,
        flags: endHeaders | padded | priority,
        stream: 1,
        payload: pad(Buffer.concat([Buffer.of(0x80, 0, 0, 3, 255), encodeFields(fieldsOf(call))])),
      },
      { type: frameTypes.data, flags: endStream | padded, stream: 1, payload: pad(body.subarray(0, 16_000)) },
    ],
    isGood: true,
  },
  continuations: { frames: (call, body) => [...headers(fieldsOf(call), 0, 1, 40), ...data(body)], isGood: true },
  "empty data between": {
    frames: (call, body) => [
      ...headers(fieldsOf(call)),
      ...data(Buffer.alloc(0), 0),
      ...data(body, 0),
      ...data(Buffer.alloc(0)),
    ],
    endsAll: true,
  },
  "trailers with a strategy": {
    frames: (call, body) => [
      ...headers(fieldsOf(call)),
      ...data(body, 0),
      ...headers(
        [
          ["strategy", "green"],
          ["x-smuggled", "1"],
        ],
        endStream,
      ),
    ],
    isGood: true,
  },
  "trailers with a path": {
    frames: (call, body) => [...headers(fieldsOf(call)), ...data(body, 0), ...headers([[":path", "/x"]], endStream)],
  },
  "trailers without an end": {
    frames: (call, body) => [...headers(fieldsOf(call)), ...data(body, 0), ...headers([["x-a", "b"]])],
  },
  "no body, but its end": { frames: (call) => [...headers(fieldsOf(call), endStream)], isGood: true },
  "a wrong length": {
    frames: (call, body) => plain([...fieldsOf(call), ["content-length", `${body.length + 1}`]], body),
  },
  "two lengths": {
    frames: (call, body) =>
      plain([...fieldsOf(call), ["content-length", `${body.length}`], ["content-length", "0"]], body),
  },
  "chunked in HTTP/2": { frames: (call, body) => plain([...fieldsOf(call), ["transfer-encoding", "chunked"]], body) },
  "no path": { frames: (call, body) => plain(fieldsOf(call, { ":path": undefined }), body) },
  "no method": { frames: (call, body) => plain(fieldsOf(call, { ":method": undefined }), body) },
  "no scheme": { frames: (call, body) => plain(fieldsOf(call, { ":scheme": undefined }), body) },
  "no authority": { frames: (call, body) => plain(fieldsOf(call, { ":authority": undefined }), body) },
  "another scheme": { frames: (call, body) => plain(fieldsOf(call, { ":scheme": "ftp" }), body) },
  "a protocol": {
    frames: (call, body) => plain(fieldsOf(call, { ":method": "CONNECT", ":protocol": "websocket" }), body),
  },
  "an unknown pseudo-header": { frames: (call, body) => plain(fieldsOf(call, { ":nope": "x" }), body) },
  "a status": { frames: (call, body) => plain(fieldsOf(call, { ":status": "200" }), body) },
  "an empty authority": { frames: (call, body) => plain(fieldsOf(call, { ":authority": "" }), body) },
  "an authority with a user": { frames: (call, body) => plain(fieldsOf(call, { ":authority": "a@b c" }), body) },
  "two paths": { frames: (call, body) => plain([[":path", "/ClusterService/resume"], ...fieldsOf(call)], body) },
  "pseudo-headers last": {
    frames: (call, body) => plain([...fieldsOf(call)].reverse(), body),
  },
  "an even stream": {
    frames: (call, body) => [...headers(fieldsOf(call), 0, 2), ...data(body, endStream, 2)],
    endsAll: true,
  },
  "data before headers": {
    frames: (call, body) => [...data(body), ...headers(fieldsOf(call), endStream)],
    endsAll: true,
  },
  "data after the end": { frames: (call, body) => [...plain(fieldsOf(call), body), ...data(body)], endsAll: true },
  "headers twice": { frames: (call, body) => [...headers(fieldsOf(call)), ...plain(fieldsOf(call), body)] },
  "another frame between": {
    frames: (call, body) => [{ ...fieldFrame(call), flags: 0 }, ...data(body)],
    endsAll: true,
  },
  "a table that is not there": {
    frames: (call) => [
      { ...fieldFrame(call), payload: Buffer.concat([encodeFields(fieldsOf(call)), Buffer.of(0xff, 0x7f)]) },
    ],
    endsAll: true,
  },
  "a block cut off": {
    frames: (call) => [{ ...fieldFrame(call), payload: encodeFields(fieldsOf(call)).subarray(0, -3) }],
    endsAll: true,
  },
} as const satisfies Readonly<Record<string, Shape>>;

type ShapeName = keyof typeof shapes;

const isShape = (name: string): name is ShapeName => name in shapes;
const shapeNames = Object.keys(shapes).filter(isShape);

/** Requests of HTTP/2: most are good but for what they ask for, so that their answers can be told. */
export const h2Request: fc.Arbitrary<H2Request> = fc.record({
  wire: fc.constant("h2"),
  call: hostileCall(true),
  shape: fc.oneof(
    { weight: 4, arbitrary: fc.constant<ShapeName>("plain") },
    { weight: 1, arbitrary: fc.constantFrom(...shapeNames) },
  ),
});

/** A request's frames. */
export function writeH2({ call, shape }: H2Request): H2Frames {
  const { frames, stream = 1, endsAll }: Shape = shapes[shape];
  // Headers of such a size end the connection as well.
  const isAnswered = endsAll !== true && encodeFields(fieldsOf(call)).length < 2 ** 16;
  return { frames: frames(call, encodeBody(call.body)), awaits: isAnswered ? stream : undefined };
}

/** Whether HTTP allows an answer that says what is wrong: names are in lower case here, and no header is about the connection. */
export function isGoodH2({ call, shape }: H2Request): boolean {
  const { isGood }: Shape = shapes[shape];
  const isLower = call.headers.every(
    ([name, value]) => name === name.toLowerCase() && (name !== "te" || value === "trailers"),
  );
  return isGood === true && isLower && isGoodHttp(call);
}
