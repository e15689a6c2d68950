import { type Table, tableFromIPC } from "@uwdata/flechette";
import { describe, expect, it } from "vitest";
import { readMessages } from "../../test/arrow-messages.ts";
import { arrowValues } from "../../test/arrow-values.ts";
import { vectorCases } from "../../test/vectors.ts";
import golden from "../../vectors/arrow/streams.json" with { type: "json" };
import { type ResultBatch, readResultBatch } from "../wire/result-batch.ts";
import { type ResultField, readResultMetadata } from "../wire/result-metadata.ts";
import { toArrowStream } from "./arrow-stream.ts";
import { toArrowTable } from "./arrow-table.ts";

const exact = { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true };

/** What Arrow's own library wrote of the same values. */
const theirs = new Map(
  Object.entries(golden.streams).map(([name, stream]) => [
    name,
    tableFromIPC(
      Uint8Array.from(atob(stream), (char) => char.charCodeAt(0)),
      exact,
    ),
  ]),
);

interface Result {
  readonly fields: readonly ResultField[];
  readonly batches: readonly ResultBatch[];
}

const cases = [...vectorCases].map(([name, { result }]) => {
  const { fields } = readResultMetadata(result.metadata);
  const batches = result.batches.map((bytes) => readResultBatch(bytes, fields));
  return [name, { fields, batches } satisfies Result, theirs.get(name) as Table] as const;
});

/** Everything that a table says: names, types, metadata, values. */
function contentOf({ schema, children }: Table) {
  return schema.fields.map(({ name, nullable, type, metadata }, index) => ({
    name,
    nullable,
    type,
    metadata: metadata === null ? [] : [...metadata],
    nullCount: children[index]?.nullCount,
    values: arrowValues(children[index]),
  }));
}

/** The scales of their decimals: what nobody can know of a column without a value, and what a stream is to be told where later batches have more. */
function scalesOf(table: Table): Record<string, number> {
  return Object.fromEntries(
    table.schema.fields.flatMap(({ name, type }) => ("scale" in type ? [[name, type.scale] as const] : [])),
  );
}

function rowCounts({ batches }: Result): number[] {
  return batches.map((batch) => batch.rowCount).filter((count) => count > 0);
}

it("has a stream of Arrow's own library for every vector", () => {
  expect(Object.keys(golden.streams).sort()).toEqual([...vectorCases.keys()].sort());
});

describe("toArrowTable()", () => {
  it.each(cases)("holds of %s what Arrow's own library does", (_, result, their) => {
    const table = toArrowTable(result, { zoneColumns: true, decimalScales: scalesOf(their) });
    expect(contentOf(table)).toEqual(contentOf(their));
    for (const column of table.children) expect(column.data.map(({ length }) => length)).toEqual(rowCounts(result));
  });

  it.each(cases)("finds the scales of %s", (_, result, their) => {
    const table = toArrowTable(result);
    table.schema.fields.forEach(({ type }, index) => {
      const column = table.children[index];
      if (column?.nullCount !== column?.length) expect(type).toEqual(their.schema.fields[index]?.type);
    });
  });
});

describe("toArrowStream()", () => {
  it.each(cases)("writes of %s what Arrow's own library does, batch by batch", async (_, result, their) => {
    const stream = toArrowStream(result, { zoneColumns: true, decimalScales: scalesOf(their) });
    const bytes = await new Response(stream).bytes();
    const table = tableFromIPC(bytes, exact);
    expect(contentOf(table)).toEqual(contentOf(their));
    for (const column of table.children) expect(column.data.map(({ length }) => length)).toEqual(rowCounts(result));
    const kinds = readMessages(bytes).map(({ kind }) => kind);
    expect(kinds).toEqual(["schema", ...rowCounts(result).map(() => "record batch")]);
  });
});
