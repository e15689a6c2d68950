import { create, toBinary } from "@bufbuild/protobuf";
import { QueryEngineService } from "e6data-web/proto";
import { framed } from "../frame.ts";

const { authenticate, getNextResultBatch } = QueryEngineService.method;

/** How many bytes of rows the large batch holds: as many as an engine may put into one answer. */
export const batchBytes = 64 * 1024 * 1024;

/** The rows of the large batch: no piece of it is like another, so that none can be lost, doubled or moved unseen. */
export const batch: () => Uint8Array<ArrayBuffer> = once(() => {
  const words = new Uint32Array(batchBytes / 4);
  for (let index = 0; index < words.length; index += 1) {
    words[index] = Math.imul(index, 0x9e3779b1);
  }
  return new Uint8Array(words.buffer);
});

/** The large batch in its message and frame. */
export const framedBatch: () => Uint8Array = once(() =>
  framed(toBinary(getNextResultBatch.output, create(getNextResultBatch.output, { resultBatch: batch() }))),
);

/** Makes something when it is first asked for: who only reads the table of causes does not need it. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The message that answers a sign-in. */
export function signInMessage(): Uint8Array {
  return toBinary(authenticate.output, create(authenticate.output, { sessionId: "a session" }));
}

/** The message that asks for rows: as long as wanted, or a little longer. */
export function askMessage(bytes: number): Uint8Array {
  return toBinary(getNextResultBatch.input, create(getNextResultBatch.input, { queryId: "q".repeat(bytes) }));
}
