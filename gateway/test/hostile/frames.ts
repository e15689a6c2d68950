/** The frames of HTTP/2, written as they are asked for. @see https://www.rfc-editor.org/rfc/rfc9113#section-6 */

/** The types of frames, by name. */
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags that the tests speak of. `ack` and `endStream` are the same bit on different frames. */
export const frameFlags = { ack: 0x1, endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** One frame. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
  /** The length that the frame claims, where that is not the length that it has. */
  readonly claims?: number;
}

const prefixBytes = 9;

/** What a client sends before its first frame. */
export const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** A frame as it travels. */
export function encodeFrame({ type, flags, stream, payload, claims = payload.length }: Frame): Uint8Array {
  const bytes = Buffer.alloc(prefixBytes + payload.length);
  bytes.writeUIntBE(claims, 0, 3);
  bytes.writeUInt8(type, 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(stream, 5);
  bytes.set(payload, prefixBytes);
  return bytes;
}

/** Settings by their numbers. */
export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Frame {
  const payload = Buffer.alloc(settings.length * 6);
  for (const [index, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return { type: frameTypes.settings, flags: 0, stream: 0, payload };
}

/** A frame whose payload is one number of 32 bits: a reset, or an update of a window. */
export function numberFrame(type: "reset" | "windowUpdate", stream: number, value: number): Frame {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value);
  return { type: frameTypes[type], flags: 0, stream, payload };
}

/** Cuts what arrives into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are whole by now. */
  *read(chunk: Uint8Array): Generator<Frame> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= prefixBytes) {
      const end = prefixBytes + this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < end) return;
      const [type, flags] = [this.#rest.readUInt8(3), this.#rest.readUInt8(4)];
      const stream = this.#rest.readUInt32BE(5) & 0x7fffffff;
      const payload = this.#rest.subarray(prefixBytes, end);
      this.#rest = this.#rest.subarray(end);
      yield { type, flags, stream, payload };
    }
  }
}
