import type { Socket } from "node:net";
import type { Answer, Outcome } from "./answer.ts";
import { exchange, type Target } from "./connection.ts";
import { encodeFrame, type Frame, FrameReader, frameFlags, frameTypes, preface, settingsFrame } from "./frames.ts";
import { decodeFields } from "./hpack.ts";
import type { Field } from "./hpack-tables.ts";

/** Frames for an HTTP/2 connection, sent behind a good preface and good settings. */
export interface H2Frames {
  readonly frames: readonly Frame[];
  /** The stream whose end is waited for; without one our side ends with the frames, and the other end's end is waited for. */
  readonly awaits: number | undefined;
}

/** No dynamic table, so that the answers can be read without one; and windows that no answer here fills. */
const ourSettings = settingsFrame([
  [1, 0],
  [4, 2 ** 24],
]);
const settingsAck: Frame = {
  type: frameTypes.settings,
  flags: frameFlags.ack,
  stream: 0,
  payload: Buffer.alloc(0),
};

/** Sends the frames and reads what comes back: until the stream's end, or the connection's. */
export async function exchangeH2(target: Target, { frames, awaits }: H2Frames): Promise<Outcome> {
  const reader = new AnswerReader();
  const isClosed = await exchange({
    target,
    protocol: "h2",
    bytes: Buffer.concat([preface, ...[ourSettings, ...frames].map(encodeFrame)]),
    isCutOff: awaits === undefined,
    take(chunk, socket) {
      reader.take(chunk, socket);
      return awaits !== undefined && reader.isEnded(awaits);
    },
  });
  return { answers: reader.answers, end: [...reader.ends, ...(isClosed ? ["closed"] : [])].join(", ") };
}

interface Stream {
  readonly heads: (readonly Field[])[];
  readonly data: Uint8Array[];
  /** Ended as it should, not by a reset. */
  isWhole: boolean;
  isReset: boolean;
}

/** Puts the frames of a server together to answers. */
class AnswerReader {
  readonly ends: string[] = [];
  readonly #frames = new FrameReader();
  readonly #streams = new Map<number, Stream>();
  #block: Uint8Array[] = [];
  #blockEndsStream = false;

  take(chunk: Uint8Array, socket: Socket): void {
    for (const frame of this.#frames.read(chunk)) {
      if (frame.type === frameTypes.settings && (frame.flags & frameFlags.ack) === 0) {
        socket.write(encodeFrame(settingsAck));
      }
      this.#takeFrame(frame);
    }
  }

  isEnded(stream: number): boolean {
    const { isWhole = false, isReset = false } = this.#streams.get(stream) ?? {};
    return isWhole || isReset;
  }

  /** The answers that are whole. */
  get answers(): readonly Answer[] {
    return [...this.#streams.values()].flatMap(({ heads: [headers, trailers = []], data, isWhole }) => {
      const status = headers?.find(([name]) => name === ":status")?.[1];
      return headers === undefined || status === undefined || !isWhole
        ? []
        : [{ status: Number(status), headers, trailers, body: Buffer.concat(data) }];
    });
  }

  #takeFrame({ type, flags, stream, payload }: Frame): void {
    if (type === frameTypes.headers || type === frameTypes.continuation) {
      if (type === frameTypes.headers) this.#blockEndsStream = (flags & frameFlags.endStream) !== 0;
      this.#block.push(payload);
      if ((flags & frameFlags.endHeaders) !== 0) this.#endBlock(this.#open(stream));
    } else if (type === frameTypes.data) {
      const open = this.#open(stream);
      open.data.push(payload);
      open.isWhole ||= (flags & frameFlags.endStream) !== 0;
    } else if (type === frameTypes.reset) {
      this.#open(stream).isReset = true;
      this.ends.push(`reset ${Buffer.from(payload).readUInt32BE()}`);
    } else if (type === frameTypes.goAway) {
      this.ends.push(`goaway ${Buffer.from(payload).readUInt32BE(4)}`);
    }
  }

  #endBlock(stream: Stream): void {
    const fields = decodeFields(Buffer.concat(this.#block));
    this.#block = [];
    // "100 Continue" and its like come before an answer and are none.
    if (!fields.some(([name, value]) => name === ":status" && value.startsWith("1"))) stream.heads.push(fields);
    stream.isWhole ||= this.#blockEndsStream;
  }

  #open(id: number): Stream {
    const stream = this.#streams.get(id) ?? { heads: [], data: [], isWhole: false, isReset: false };
    this.#streams.set(id, stream);
    return stream;
  }
}
