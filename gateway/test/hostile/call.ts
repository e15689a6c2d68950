import fc from "fast-check";
import type { Field } from "./hpack-tables.ts";
import { callerTypes, connectionNames, goodPath, lengthNames, methods, names, paths, values } from "./values.ts";

/** A call before it is written as HTTP/1 or HTTP/2. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** Beside those that say where the message ends. */
  readonly headers: readonly Field[];
  readonly body: readonly Message[];
}

/** A frame of gRPC in a body: flags, how many bytes it says that follow, and how many do. */
export interface Message {
  readonly flags: number;
  readonly claims: number;
  readonly has: number;
}

/** One thing that is wrong, or odd, with a call. Plain data: a failure prints it, and fewer of them are tried. */
export type Change =
  | { readonly do: "method"; readonly value: string }
  | { readonly do: "path"; readonly value: string }
  | { readonly do: "set" | "add"; readonly name: string; readonly value: string }
  | { readonly do: "remove"; readonly name: string }
  | { readonly do: "fill"; readonly count: number; readonly size: number }
  | { readonly do: "body"; readonly messages: readonly Message[] };

/** Methods that Envoy's parser of HTTP/1 knows; it takes others for no HTTP. */
const knownMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"];
const token = /^[!#$%&'*+\-.^`|~0-9A-Za-z]+$/;
const target = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*$/;
/** Bytes of a path and of all headers, of which Envoy takes somewhat more. */
const maxSize = 40_000;
const text = /^[\t -~\x80-\xff]*$/;
const special: readonly string[] = [...connectionNames, ...lengthNames];

const isGoodName = (name: string) => token.test(name) && !special.includes(name.toLowerCase());
const isGoodValue = (value: string) => text.test(value) && value.length < maxSize;
const isGoodPath = (path: string) => target.test(path) && path.length < maxSize;

/** Four in five of what HTTP allows, for that is what reaches the gateway's own rules. */
function mostly<Item>(items: readonly Item[], isGood: (item: Item) => boolean): fc.Arbitrary<Item> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...items.filter(isGood)) },
    { weight: 1, arbitrary: fc.constantFrom(...items) },
  );
}

const bytes = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength }).map((codes) => String.fromCharCode(...codes));
const message = fc.record<Message>({
  flags: fc.constantFrom(0, 0, 0, 1, 2, 0x80, 0x81, 0xff),
  claims: fc.constantFrom(0, 1, 5, 6, 200, 65_536, 4 * 2 ** 20 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
  has: fc.constantFrom(0, 0, 1, 5, 200, 20_000),
});
const name = (isH2: boolean) =>
  fc.oneof(
    { weight: 8, arbitrary: mostly(names, isGoodName) },
    { weight: 2, arbitrary: fc.constantFrom(...connectionNames, ...(isH2 ? lengthNames : [])) },
    { weight: 6, arbitrary: fc.constantFrom("strategy", "content-type", "grpc-timeout", "plannerip", "cluster-name") },
    {
      weight: 1,
      arbitrary: bytes(12).filter((text) => isH2 || !/^[\s\0]*(content-length|transfer-encoding)/i.test(text)),
    },
  );
const value = fc.oneof({ weight: 9, arbitrary: mostly(values, isGoodValue) }, { weight: 1, arbitrary: bytes(40) });

/** A change of a call, of which some only HTTP/2 can carry. */
function change(isH2: boolean): fc.Arbitrary<Change> {
  return fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("method"),
        value: mostly(methods, (method) => knownMethods.includes(method)),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant("path"), value: mostly(paths, isGoodPath) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("path"), value: bytes(30).map((text) => `/${text}`) }) },
    { weight: 12, arbitrary: fc.record({ do: fc.constantFrom("set", "add"), name: name(isH2), value }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("remove"), name: fc.constantFrom("content-type", "x-grpc-web", "te") }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("fill"),
        count: fc.constantFrom(20, 99, 101, 300),
        size: fc.constantFrom(1, 100, 700),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("body"), messages: fc.array(message, { maxLength: 4 }) }) },
  ) as fc.Arbitrary<Change>;
}

/** A good call of one of the two kinds of callers, with something wrong with it. */
export function hostileCall(isH2: boolean): fc.Arbitrary<Call> {
  return fc
    .record({
      type: fc.constantFrom(...callerTypes),
      strategy: fc.constantFrom("blue", "green", undefined),
      changes: fc.array(change(isH2), { minLength: 1, maxLength: 3 }),
    })
    .map(({ type, strategy, changes }) => changes.reduce(apply, goodCall(type, strategy)));
}

/** What a polite client sends. */
export function goodCall(type: string, strategy: string | undefined): Call {
  const headers: Field[] = [
    ["content-type", type],
    ["te", "trailers"],
    ["x-grpc-web", "1"],
    ...(strategy === undefined ? [] : [["strategy", strategy] as const]),
  ];
  return { method: "POST", path: goodPath, headers, body: [{ flags: 0, claims: 0, has: 0 }] };
}

function apply(call: Call, change: Change): Call {
  switch (change.do) {
    case "method":
      return { ...call, method: change.value };
    case "path":
      return { ...call, path: change.value };
    case "add":
      return { ...call, headers: [...call.headers, [change.name, change.value]] };
    case "set":
      return { ...call, headers: [...without(call.headers, change.name), [change.name, change.value]] };
    case "remove":
      return { ...call, headers: without(call.headers, change.name) };
    case "fill":
      return { ...call, headers: [...call.headers, ...filling(change.count, change.size)] };
    case "body":
      return { ...call, body: change.messages };
  }
}

function without(headers: readonly Field[], name: string): readonly Field[] {
  return headers.filter(([own]) => own !== name);
}

function filling(count: number, size: number): readonly Field[] {
  return Array.from({ length: count }, (_, index) => [`x-fill-${index}`, "v".repeat(size)]);
}

/** A body's bytes. */
export function encodeBody(messages: readonly Message[]): Uint8Array {
  return Buffer.concat(
    messages.map(({ flags, claims, has }) => {
      const frame = Buffer.alloc(5 + has);
      frame.writeUInt8(flags);
      frame.writeUInt32BE(claims, 1);
      return frame;
    }),
  );
}

/**
 * Whether this is a good HTTP request, whatever it asks for: to such a one there has to be a good answer. Underscores in names are
 * refused by Envoy on purpose, and a target with an authority or none is for proxies.
 */
export function isGoodHttp({ method, path, headers }: Call): boolean {
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length, path.length);
  return (
    knownMethods.includes(method) &&
    target.test(path) &&
    size < maxSize &&
    headers.length < 90 &&
    headers.every(([name, value]) => isGoodName(name) && text.test(value))
  );
}
