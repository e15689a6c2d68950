import * as grpcCode from "./grpc-code.ts";
import { GrpcError } from "./grpc-status.ts";
import { HttpFailure } from "./http-failure.ts";

/**
 * What stands before the bytes of a frame: one byte of flags, four of their number.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */
export const prefixBytes = 5;
const compressedFlag = 0x01;
const trailerFlag = 0x80;

/** What the body of a unary answer holds. */
export interface UnaryBody {
  /** The bytes of the message; nothing where the call failed. */
  readonly message: Uint8Array | undefined;
  /** The trailers; nothing where the status stood in the headers. */
  readonly trailers: Headers | undefined;
}

/** Puts a message into a frame. */
export function writeFrame(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(prefixBytes + message.byteLength);
  new DataView(frame.buffer).setUint32(1, message.byteLength);
  frame.set(message, prefixBytes);
  return frame;
}

/**
 * Reads the frames of a unary answer, without copying them. Throws an {@link HttpFailure} where the body ends before a
 * frame does, and a {@link GrpcError} for what no unary answer may hold.
 */
export function readFrames(bytes: Uint8Array): UnaryBody {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let message: Uint8Array | undefined;
  let trailers: Headers | undefined;
  for (let offset = 0; offset < bytes.byteLength; ) {
    const start = offset + prefixBytes;
    // Not a sum of both: the bytes that are there decide what is read, never a length alone.
    if (start > bytes.byteLength || view.getUint32(offset + 1) > bytes.byteLength - start) {
      throw new HttpFailure("broken-off", "the answer ended in the middle of a message");
    }
    const flags = view.getUint8(offset);
    offset = start + view.getUint32(offset + 1);
    const data = bytes.subarray(start, offset);
    if (trailers !== undefined || (flags & compressedFlag) !== 0) {
      throw new GrpcError(grpcCode.internal, "the answer holds a frame that no answer may hold");
    }
    if (flags !== trailerFlag && message !== undefined) {
      throw new GrpcError(grpcCode.unimplemented, "the answer holds more than one message");
    }
    if (flags === trailerFlag) {
      trailers = readTrailers(data);
    } else {
      message = data;
    }
  }
  return { message, trailers };
}

/** Reads trailers as they stand in a frame: lines of `name: value`. A line that is none is passed over. */
function readTrailers(data: Uint8Array): Headers {
  const trailers = new Headers();
  for (const [, name = "", value = ""] of new TextDecoder().decode(data).matchAll(/^([\w.-]+) *:(.*)$/gm)) {
    // No header may hold such text as it is; only careless servers send a message so.
    trailers.append(name, value.replace(/[^ -~]+/g, encodeURIComponent));
  }
  return trailers;
}
