import { describe, expect, it } from "vitest";
import { createAnswerBytes, freeAnswer } from "./answer-bytes.ts";

const maxBytes = 100_000;

/** A frame that announces `announced` bytes, and as many of them as are asked for: 0, 1, 2, … */
function frame(announced: number, sent = announced): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: 5 + sent }, (_, index) => index - 5);
  bytes.fill(0, 0, 5);
  new DataView(bytes.buffer).setUint32(1, announced);
  return bytes;
}

/** Pieces of so many bytes, each in memory of its own. */
function piecesOf(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    Uint8Array.from(bytes.subarray(index * length, (index + 1) * length)),
  );
}

function collect(chunks: readonly Uint8Array<ArrayBuffer>[], ownsChunks = false): Uint8Array {
  const answer = createAnswerBytes(maxBytes, ownsChunks);
  for (const chunk of chunks) answer.add(chunk);
  return answer.toBytes();
}

describe("createAnswerBytes()", () => {
  it("is empty before anything has come", () => {
    expect(collect([])).toEqual(new Uint8Array());
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 999, 1000, 2999, 3004])("puts pieces of %i bytes together", (length) => {
    expect(collect(piecesOf(frame(3000), length))).toEqual(frame(3000));
    expect(collect(piecesOf(frame(3000), length), true)).toEqual(frame(3000));
  });

  it("takes chunks that begin and end within their memory", () => {
    const memory = frame(60, 200);
    const chunks = [memory.subarray(0, 30), memory.subarray(30, 65)];
    expect(collect(chunks)).toEqual(memory.slice(0, 65));
  });

  it("hands out a single chunk as it is, whoever owns it", () => {
    const only = frame(30);
    expect(collect([only]).buffer).toBe(only.buffer);
    expect(collect([only], true).buffer).toBe(only.buffer);
  });

  it("makes room once for what is announced, and for the trailers", () => {
    const [first, ...rest] = piecesOf(frame(50_000), 1000);
    const answer = createAnswerBytes(maxBytes, false);
    if (first === undefined || rest[0] === undefined) throw new Error("a frame of one piece");
    answer.add(first);
    answer.add(rest[0]);
    const { buffer } = answer.toBytes();
    for (const piece of rest.slice(1)) answer.add(piece);
    answer.add(new Uint8Array(200));
    expect(answer.toBytes().buffer).toBe(buffer);
    expect(answer.size).toBe(50_205);
    expect(buffer.byteLength).toBeLessThan(52_000);
  });

  it("never makes more room than the limit, whatever is announced", () => {
    const bytes = collect(piecesOf(frame(2 ** 32 - 1, 5000), 1000));
    expect(bytes).toEqual(frame(2 ** 32 - 1, 5000));
    expect(bytes.buffer.byteLength).toBe(maxBytes);
  });

  it("makes no more room than is announced for an answer in two pieces", () => {
    expect(collect(piecesOf(frame(3000), 2000)).buffer.byteLength).toBeLessThan(3005 + 1100);
  });

  it("makes room for so many times what has come, where a length promises more", () => {
    expect(collect(piecesOf(frame(2 ** 32 - 1, 1), 5)).buffer.byteLength).toBe(64 * 6);
  });

  it("reads on where more comes than was announced", () => {
    expect(collect(piecesOf(frame(10, 90_000), 700))).toEqual(frame(10, 90_000));
  });

  it("gives the memory of its own chunks back at once, and leaves others alone", () => {
    const [others, own] = [piecesOf(frame(3000), 500), piecesOf(frame(3000), 500)];
    collect(others);
    collect(own, true);
    expect(others.map(({ buffer }) => buffer.detached)).toEqual(others.map(() => false));
    expect(own.map(({ buffer }) => buffer.detached)).toEqual(own.map(() => true));
  });
});

describe("freeAnswer()", () => {
  it("gives back the memory of an answer that was put together", () => {
    const { buffer } = collect(piecesOf(frame(3000), 500));
    freeAnswer(buffer);
    expect(buffer.byteLength).toBe(0);
  });

  it("leaves memory alone that came from elsewhere", () => {
    const only = frame(30);
    freeAnswer(collect([only], true).buffer);
    expect(only).toEqual(frame(30));
  });
});
