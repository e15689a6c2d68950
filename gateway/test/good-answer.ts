import { framed } from "./frame.ts";

/** The last frame of a good answer: gRPC-Web's trailers. */
export const goodTrailers: Buffer = Buffer.from("\x80\0\0\0\x0fgrpc-status:0\r\n", "latin1");

/** The body of the script `ok` as gRPC-Web callers get it: one empty message, and the trailers. */
export const goodBody: Buffer = Buffer.concat([framed(new Uint8Array()), goodTrailers]);
