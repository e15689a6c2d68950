import { E6Error } from "../error.ts";

/** What the bytes are, for error messages. */
export type WireKind = "Result batch" | "Result metadata";

/** Bytes that are being read, with what every reader of them needs. */
export interface WireSource {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Fails on invalid UTF-8, keeps a byte order mark. */
  readonly utf8: TextDecoder;
  /** The error for input that breaks the format; the caller throws it. `position` counts bytes from 0. */
  malformed(position: number, problem: string, details?: { cause?: unknown; hint?: string }): E6Error;
}

/**
 * Wraps bytes for reading. They are not copied and must not change while anything read from them is in use.
 *
 * @throws E6Error `MALFORMED_RESULT` for more than `maxBytes`.
 */
export function createWireSource(kind: WireKind, bytes: Uint8Array, maxBytes: number): WireSource {
  const source: WireSource = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    utf8: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }),
    malformed: (position, problem, details) =>
      new E6Error("MALFORMED_RESULT", `${kind} is malformed at byte ${position}: ${problem}.`, {
        hint: "The bytes were altered on their way, or the engine encodes results otherwise.",
        ...details,
      }),
  };
  if (bytes.length > maxBytes) {
    throw source.malformed(0, `it has ${bytes.length} bytes, past the limit maxBytes of ${maxBytes}`);
  }
  return source;
}
