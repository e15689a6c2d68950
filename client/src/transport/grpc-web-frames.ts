import { Code, ConnectError } from "@connectrpc/connect";
import { trailerFlag, trailerParse } from "@connectrpc/connect/protocol-grpc-web";
import { HttpFailure } from "./http-failure.ts";

// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md: a frame is one byte of flags, four bytes of length, and that many bytes.
const prefixBytes = 5;
const compressedFlag = 1;

/** What the body of a unary answer holds. */
export interface UnaryBody {
  /** The bytes of the message; nothing where the call failed. */
  readonly message: Uint8Array | undefined;
  /** The trailers; nothing where the status stood in the headers. */
  readonly trailer: Headers | undefined;
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
 * frame does, and a `ConnectError` for what no unary answer may hold.
 */
export function readFrames(bytes: Uint8Array): UnaryBody {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let message: Uint8Array | undefined;
  let trailer: Headers | undefined;
  for (let offset = 0; offset < bytes.byteLength; ) {
    const start = offset + prefixBytes;
    // Not a sum of both: the bytes that are there decide what is read, never a length alone.
    if (start > bytes.byteLength || view.getUint32(offset + 1) > bytes.byteLength - start) {
      throw new HttpFailure("broken-off", "the answer ended in the middle of a message");
    }
    const flags = view.getUint8(offset);
    offset = start + view.getUint32(offset + 1);
    const data = bytes.subarray(start, offset);
    if (trailer !== undefined || (flags & compressedFlag) !== 0 || (flags !== trailerFlag && message !== undefined)) {
      throw new ConnectError("the answer holds a frame that no unary answer may hold", Code.Internal);
    }
    if (flags === trailerFlag) {
      trailer = trailerParse(data);
    } else {
      message = data;
    }
  }
  return { message, trailer };
}
