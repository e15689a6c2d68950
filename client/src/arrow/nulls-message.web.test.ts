import { tableFromIPC } from "@uwdata/flechette";
import { describe, expect, it } from "vitest";
import { readMessages } from "../../test/arrow-messages.ts";
import { readResultBatch } from "../wire/result-batch.ts";
import { toArrowStream } from "./arrow-stream.ts";
import { nullsMessage } from "./nulls-message.ts";

/** Where a field of a flatbuffer's table lies; 0 where it is left out. */
const field = (view: DataView, table: number, index: number): number => {
  const fields = table - view.getInt32(table, true);
  const offset = 4 + index * 2 < view.getUint16(fields, true) ? view.getUint16(fields + 4 + index * 2, true) : 0;
  return offset === 0 ? 0 : table + offset;
};
/** Where an offset leads. */
const target = (view: DataView, at: number): number => at + view.getUint32(at, true);

describe("nullsMessage()", () => {
  it.each([
    [0, 5],
    [1, 1],
    [2, 3],
    [7, 100_000],
  ])("has %i nodes of %i nulls, and a list of no buffers", (columnCount, rowCount) => {
    const bytes = nullsMessage(columnCount, rowCount);
    const view = new DataView(bytes.buffer, 8);
    expect([bytes.length % 8, bytes.length - 8]).toEqual([0, new DataView(bytes.buffer).getInt32(4, true)]);
    const message = target(view, 0);
    expect([view.getInt16(field(view, message, 0), true), view.getUint8(field(view, message, 1))]).toEqual([4, 3]);
    expect(field(view, message, 3)).toBe(0);
    const batch = target(view, field(view, message, 2));
    expect(view.getBigInt64(field(view, batch, 0), true)).toBe(BigInt(rowCount));
    const [nodes, buffers] = [target(view, field(view, batch, 1)), target(view, field(view, batch, 2))];
    expect([view.getUint32(nodes, true), view.getUint32(buffers, true)]).toEqual([columnCount, 0]);
    // The length has 64 bits of its own.
    expect(Math.abs(field(view, batch, 2) - field(view, batch, 0) - 4)).toBeGreaterThanOrEqual(4);
    expect(Math.abs(field(view, batch, 1) - field(view, batch, 0) - 4)).toBeGreaterThanOrEqual(4);
    // What is of 64 bits lies at a place of eight.
    expect([(nodes + 4) % 8, (buffers + 4) % 8, field(view, batch, 0) % 8]).toEqual([0, 0, 0]);
    for (let index = 0; index < columnCount * 2; index++) {
      expect(view.getBigInt64(nodes + 4 + index * 8, true)).toBe(BigInt(rowCount));
    }
  });

  it("stands in a stream for each batch of nothing but null columns", async () => {
    const fields = ["a", "b"].map((name) => ({ name, type: "NULL", zone: "", format: "" }));
    const batch = { ...readResultBatch(new Uint8Array(), fields), rowCount: 3 };
    const bytes = await new Response(toArrowStream({ fields, batches: [batch, batch] })).bytes();
    expect(readMessages(bytes).map(({ kind }) => kind)).toEqual(["schema", "record batch", "record batch"]);
    const { length } = nullsMessage(2, 3);
    expect(bytes.slice(-length - 8, -8)).toEqual(nullsMessage(2, 3));
    expect(tableFromIPC(bytes).toArray()).toEqual(new Array(6).fill({ a: null, b: null }));
  });
});
