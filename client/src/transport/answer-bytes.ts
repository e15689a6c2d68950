import { prefixBytes } from "./grpc-web-frames.ts";

/** Room for the trailers behind a message; more than they usually take. */
const trailerRoom = 1024;
/** Room is made for so many times what has come, whatever is announced: a length may be wrong. */
const mostGrowth = 64;

/** Memory that was made for one answer: nobody but the answer's reader has it. */
class AnswerBuffer extends ArrayBuffer {}

/** An answer that comes in chunks. */
export interface AnswerBytes {
  readonly size: number;
  /** Takes the chunk that comes next. */
  add(chunk: Uint8Array<ArrayBuffer>): void;
  /** All that came, in one piece. A single chunk is handed out as it is. */
  toBytes(): Uint8Array;
}

/**
 * Puts an answer together as it comes, in memory for as much as its first frame announces, up to `maxBytes`.
 *
 * @param ownsChunks True if nobody else has a chunk. Its memory then goes at once: collectors count what lies outside of their heap, and walk
 *   through all of it, rows of results included, each time that some tens of megabytes have come together.
 */
export function createAnswerBytes(maxBytes: number, ownsChunks: boolean): AnswerBytes {
  let bytes = new Uint8Array();
  let size = 0;
  const grow = (least: number) => {
    const announced = size < prefixBytes ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
    const expected = prefixBytes + announced + trailerRoom;
    const room = least > expected ? 2 * least : Math.min(expected, mostGrowth * least);
    const larger = new Uint8Array(new AnswerBuffer(Math.min(room, maxBytes)));
    larger.set(bytes.subarray(0, size));
    if (ownsChunks) bytes.buffer.transfer(0);
    else freeAnswer(bytes.buffer);
    bytes = larger;
  };
  return {
    get size() {
      return size;
    },
    add(chunk) {
      const end = size + chunk.length;
      if (size === 0) {
        bytes = chunk;
      } else {
        if (end > bytes.length) grow(end);
        bytes.set(chunk, size);
        if (ownsChunks) chunk.buffer.transfer(0);
      }
      size = end;
    },
    toBytes: () => bytes.subarray(0, size),
  };
}

/** Gives the memory of an answer back, which nothing refers to any more. Memory that was made elsewhere stays. */
export function freeAnswer(buffer: ArrayBufferLike): void {
  if (buffer instanceof AnswerBuffer) buffer.transfer(0);
}
