import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkBytes, type VectorParts, vectorNumber } from "../../test/chunk-writer.ts";
import { readCsv } from "../../test/csv-parser.ts";
import { type ThriftValue, thrift } from "../../test/thrift-writer.ts";
import { vectorCases } from "../../test/vectors.ts";
import { type ResultBatch, readResultBatch } from "../wire/result-batch.ts";
import { type ResultField, readResultMetadata } from "../wire/result-metadata.ts";
import { toCsv } from "./csv.ts";
import { toNdjson } from "./ndjson.ts";
import { createQueryResult } from "./query-result.ts";
import { uniqueNames } from "./unique-names.ts";

interface Result {
  readonly fields: readonly ResultField[];
  readonly batches: readonly ResultBatch[];
}

const vectors = [...vectorCases].map(([name, { result }]) => {
  const { fields } = readResultMetadata(result.metadata);
  const batches = result.batches.map((bytes) => readResultBatch(bytes, fields));
  return [name, { fields, batches }] as const;
});

/** Rows of what the dialect `json` makes of the batches. */
function jsonRows({ fields, batches }: Result): unknown[][] {
  return createQueryResult({ fields, batches, queryId: "", strategy: "blue" }).rows({ dialect: "json" });
}

function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

function csvText(value: unknown): string | null {
  if (value === null) return null;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A batch of texts and doubles, row by row. */
function batchOf(rows: readonly (readonly [string | null, number | null])[]): Result {
  const column = (type: number, member: number, elements: number, values: readonly ThriftValue[], index: 0 | 1) => ({
    type,
    size: rows.length,
    nulls: rows.map((row) => row[index] === null),
    data: [[member, thrift.struct([[1, thrift.list(elements, values)]])]] as const,
  });
  const texts: VectorParts = column(
    vectorNumber.STRING,
    7,
    11,
    rows.map(([text]) => thrift.string(text ?? "?")),
    0,
  );
  const doubles: VectorParts = column(
    vectorNumber.DOUBLE,
    6,
    4,
    rows.map(([, number]) => thrift.double(number ?? 7)),
    1,
  );
  const fields = ["text", "number"].map((name) => ({ name, type: "", zone: "", format: "" }));
  return { fields, batches: [readResultBatch(chunkBytes([texts, doubles]), fields)] };
}

const hostile = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        ",",
        ";",
        "\r",
        "\n",
        "\r\n",
        "\t",
        "'",
        "=",
        "+",
        "-",
        "@",
        "\\N",
        "NULL",
        " ",
        "",
        "1",
        "\u2028",
        "\0",
      ),
      {
        maxLength: 6,
      },
    )
    .map((parts) => parts.join("")),
);
const anyRows = fc.array(fc.tuple(fc.option(hostile), fc.option(fc.double())), { maxLength: 20 });

describe("toCsv()", () => {
  it.each(vectors)("writes %s so that it reads back", async (_, result) => {
    const text = await textOf(toCsv(result.batches, result.fields));
    expect(readCsv(text)).toEqual([uniqueNames(result.fields), ...jsonRows(result).map((row) => row.map(csvText))]);
  });

  it("writes whatever rows so that they read back", async () => {
    const options = fc.record({
      delimiter: fc.constantFrom(",", ";", "\t", "|", "-", "^", "]"),
      nullText: fc.constantFrom("", "NULL", "\\N"),
      header: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(anyRows, options, async (rows, chosen) => {
        const { fields, batches } = batchOf(rows);
        const text = await textOf(toCsv(batches, fields, chosen));
        const head = chosen.header ? [["text", "number"]] : [];
        expect(readCsv(text, chosen)).toEqual([...head, ...rows.map((row) => row.map(csvText))]);
      }),
      { seed: 11, numRuns: 400 },
    );
  });

  it("guards every text that is a formula, and changes nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async (rows) => {
        const { fields, batches } = batchOf(rows);
        const read = readCsv(await textOf(toCsv(batches, fields, { guardFormulas: true, header: false })));
        read.forEach((record, row) => {
          record.forEach((text, index) => {
            const value = csvText(rows[row]?.[index] ?? null);
            const isNumber = value?.trim() !== "" && Number.isFinite(Number(value)) && !/^[\s]|\s$/.test(value ?? "");
            const dangerous = value !== null && "=+-@\t\r\n＝＋－＠".includes(value[0] ?? "none") && !isNumber;
            expect(text).toBe(dangerous ? `'${value}` : value);
          });
        });
      }),
      { seed: 12, numRuns: 400 },
    );
  });
});

describe("toNdjson()", () => {
  it.each(vectors)("writes %s so that it reads back", async (_, result) => {
    const keys = uniqueNames(result.fields);
    const rows = jsonRows(result);
    const lines = async (options: { lines: "objects" | "arrays" }) => {
      const text = await textOf(toNdjson(result.batches, result.fields, options));
      expect(text === "" || text.endsWith("\n")).toBe(true);
      return text
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown);
    };
    expect(await lines({ lines: "arrays" })).toEqual(rows);
    expect(await lines({ lines: "objects" })).toEqual(
      rows.map((row) => Object.fromEntries(row.map((value, index) => [keys[index], value]))),
    );
  });

  it("writes whatever rows so that they read back", async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async (rows) => {
        const { fields, batches } = batchOf(rows);
        const text = await textOf(toNdjson(batches, fields, { lines: "arrays" }));
        const read = text
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line));
        const written = (value: unknown) =>
          typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
        expect(read).toEqual(rows.map((row) => row.map(written)));
      }),
      { seed: 13, numRuns: 400 },
    );
  });
});
