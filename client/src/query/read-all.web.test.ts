import { describe, expect, it } from "vitest";
import { openConnection } from "../../test/open-connection.ts";
import { type VectorCase, vectorCases } from "../../test/vectors.ts";
import type { Value } from "../index.ts";
import { Interval } from "../wire/interval.ts";

/** Delivers a body in chunks of one byte, as the worst of networks would. */
function byteByByte(response: Response): Response {
  const body = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        for (const byte of chunk) {
          controller.enqueue(Uint8Array.of(byte));
        }
      },
    }),
  );
  return new Response(body ?? null, { status: response.status, headers: response.headers });
}

/** A value as the vectors write it, in text. */
function asText(value: Value): string | null {
  if (value === null) {
    return null;
  }
  if (value instanceof Uint8Array) {
    return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  if (value instanceof Interval) {
    return String(value.micros);
  }
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A vector's value in text: of those with several forms, the text. */
function expectedText(value: unknown): string | null {
  if (value === null) {
    return null;
  }
  return String(typeof value === "object" && "text" in value ? value.text : value);
}

function expectedRows({ rowCount, columns }: VectorCase): (string | null)[][] {
  return Array.from({ length: rowCount }, (_row, row) => columns.map((column) => expectedText(column[row])));
}

describe("readAll()", () => {
  it.each([...vectorCases.keys()])("reads %s, delivered byte by byte", async (name) => {
    const vector = vectorCases.get(name);
    if (vector === undefined) {
      throw new Error(`no case ${name}`);
    }
    const { gateway, connection } = openConnection();
    gateway.result = vector.result;
    gateway.deliver = byteByByte;
    const result = await connection.query("select * from t");
    await connection.close();
    expect(result.rows().map((row) => row.map(asText))).toEqual(expectedRows(vector));
  });
});
