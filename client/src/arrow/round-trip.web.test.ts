import { type Table, tableFromIPC } from "@uwdata/flechette";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrowValues } from "../../test/arrow-values.ts";
import { chunkBytes, type VectorParts, vectorNumber } from "../../test/chunk-writer.ts";
import { type ThriftValue, thrift } from "../../test/thrift-writer.ts";
import { CalendarDate } from "../wire/calendar-date.ts";
import type { Value } from "../wire/column.ts";
import { Decimal } from "../wire/decimal.ts";
import { Interval } from "../wire/interval.ts";
import { type ResultBatch, readResultBatch } from "../wire/result-batch.ts";
import { Timestamp } from "../wire/timestamp.ts";
import { toArrowStream } from "./arrow-stream.ts";
import { toArrowTable } from "./arrow-table.ts";

/** How the values of a type are made up and written. */
interface Kind {
  readonly type: keyof typeof vectorNumber;
  /** Field numbers in the union `Data`, for a list of values and for one that is constant. */
  readonly list: number;
  readonly constant: number;
  /** The Thrift type of a list's elements. */
  readonly element: number;
  readonly value: fc.Arbitrary<ThriftValue>;
  /** A constant's value, where it is not as in a list. */
  readonly constantValue?: fc.Arbitrary<ThriftValue>;
  /** The second field beside the values. */
  readonly second?: "scale" | "zones";
}

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)),
);
const int32 = fc.integer();
const unicode = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ maxLength: 60 }),
  fc.constantFrom("\uFEFF", "\uFEFF\uFEFFx"),
);
const longs = int64.map(thrift.i64);
const doubles = fc.double().map(thrift.double);
const texts = unicode.map((text) => thrift.string(text.toWellFormed()));
const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => thrift.string(value));
/** At most 28 digits, so that each fits at the largest scale below. */
const integers = fc
  .tuple(fc.bigInt({ min: -(10n ** 28n), max: 10n ** 28n }), fc.boolean())
  .map(([integer, short]) => thrift.string(twosComplement(integer, short)));
const scales = fc.integer({ min: 0, max: 9 });
const zones = fc.constantFrom("Z", "+05:30", "Europe/Berlin", "");

function twosComplement(integer: bigint, short: boolean): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, integer >> 64n);
  view.setBigUint64(8, BigInt.asUintN(64, integer));
  return short ? bytes.subarray(3) : bytes;
}

const text = { list: 7, constant: 15, element: 11, value: texts };
const time = { list: 16, constant: 14, element: 10, value: longs };
const kinds: readonly Kind[] = [
  { type: "LONG", list: 3, constant: 11, element: 10, value: longs },
  {
    type: "INTEGER",
    list: 2,
    constant: 11,
    element: 8,
    value: int32.map(thrift.i32),
    constantValue: int32.map((value) => thrift.i64(BigInt(value))),
  },
  { type: "DOUBLE", list: 6, constant: 12, element: 4, value: doubles },
  { type: "FLOAT", list: 5, constant: 12, element: 4, value: doubles },
  { type: "BOOLEAN", list: 1, constant: 8, element: 2, value: fc.boolean().map(thrift.bool) },
  { type: "DATE", list: 4, constant: 9, element: 10, value: longs },
  { type: "DATETIME", ...time },
  { type: "TIMESTAMP", ...time },
  { type: "TIMESTAMP_TZ", ...time, second: "zones" },
  { type: "INTERVAL_DAY_SECOND", list: 3, constant: 11, element: 10, value: longs },
  { type: "DECIMAL128", list: 17, constant: 18, element: 11, value: integers, second: "scale" },
  { type: "STRING", ...text },
  { type: "ARRAY", ...text },
  { type: "MAP", ...text },
  { type: "STRUCT", ...text },
  { type: "BINARY", ...text, value: bytes },
];

/** What stands at null rows, where it may be anything: bytes that are no UTF-8, and no value of the type's range. */
const junk: Readonly<Record<number, ThriftValue>> = {
  2: thrift.bool(1),
  4: thrift.double(Number.NaN),
  8: thrift.i32(-7),
  10: thrift.i64(-7n),
  11: thrift.string(Uint8Array.of(0xff, 0xc3, 0x80, 0x7f, 0xff)),
};

function anyVector(kind: Kind, size: number): fc.Arbitrary<VectorParts> {
  const type = vectorNumber[kind.type];
  const second = (rows: number, list: boolean): fc.Arbitrary<readonly (readonly [number, ThriftValue])[]> => {
    if (kind.second === "scale") return scales.map((scale) => [[2, thrift.i32(scale)]]);
    if (kind.second === undefined) return fc.constant([]);
    const listed = fc.array(zones, { minLength: rows, maxLength: rows }).map((names) => {
      const [first = ""] = names;
      return [
        [
          2,
          list
            ? thrift.list(
                11,
                names.map((name) => thrift.string(name)),
              )
            : thrift.string(first),
        ],
      ] as const;
    });
    return fc.oneof(listed, fc.constant([]));
  };
  const listed = fc
    .tuple(fc.array(fc.option(kind.value), { minLength: size, maxLength: size }), second(size, true))
    .map(([values, more]): VectorParts => {
      const filled = values.map((value) => value ?? (junk[kind.element] as ThriftValue));
      const data = [[kind.list, thrift.struct([[1, thrift.list(kind.element, filled)], ...more])]] as const;
      return { type, size, nulls: values.map((value) => value === null), data };
    });
  const constant = fc.tuple(fc.option(kind.constantValue ?? kind.value), second(1, false)).map(
    ([value, more]): VectorParts => ({
      type,
      size,
      constant: true,
      nulls: [value === null],
      data:
        value === null
          ? [[10, thrift.struct([[1, thrift.byte(0)]])]]
          : [[kind.constant, thrift.struct([[1, value], ...more])]],
    }),
  );
  const nothing = fc.constant<VectorParts>({ type: vectorNumber.NULL, size, constant: true, nulls: [true] });
  return fc.oneof(
    { weight: 6, arbitrary: listed },
    { weight: 2, arbitrary: constant },
    { weight: 1, arbitrary: nothing },
  );
}

const fields = kinds.map(({ type }) => ({ name: type, type, zone: "", format: "" }));

const anyBatches = fc.array(
  fc
    .integer({ min: 1, max: 20 })
    .chain((size) => fc.tuple(...kinds.map((kind) => anyVector(kind, size))))
    .map((vectors) => readResultBatch(chunkBytes(vectors), fields)),
  { maxLength: 4 },
);

/** An exact value of ours as the table is to have it, by arithmetic of its own. */
function arrowValue(value: Value, scale: number): unknown {
  if (value instanceof Timestamp || value instanceof Interval) return value.micros;
  if (value instanceof Decimal) return value.unscaled * 10n ** BigInt(scale - value.scale);
  if (value instanceof CalendarDate) {
    const { micros } = value;
    const past = ((micros % 86_400_000_000n) + 86_400_000_000n) % 86_400_000_000n;
    return Number((micros - past) / 1000n);
  }
  return value;
}

function expectTable(table: Table, batches: readonly ResultBatch[]): void {
  const zoned = fields.findIndex(({ type }) => type === "TIMESTAMP_TZ");
  fields.forEach((_, index) => {
    const column = table.children[index];
    const scale = column && "scale" in column.type ? column.type.scale : 0;
    const values = batches.flatMap((batch) =>
      Array.from({ length: batch.rowCount }, (_, row) => batch.column(index).get(row)),
    );
    expect(arrowValues(column)).toEqual(values.map((value) => arrowValue(value, scale)));
    expect(column?.nullCount).toBe(values.filter((value) => value === null).length);
  });
  const zones = batches.flatMap((batch) =>
    Array.from({ length: batch.rowCount }, (_, row) => {
      const value = batch.column(zoned).get(row);
      return value instanceof Timestamp ? value.zone : null;
    }),
  );
  expect(arrowValues(table.getChild("TIMESTAMP_TZ_zone"))).toEqual(zones);
}

const exact = { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true };

describe("toArrowTable()", () => {
  it("holds whatever batches exactly", () => {
    fc.assert(
      fc.property(anyBatches, (batches) => {
        expectTable(toArrowTable({ fields, batches }, { zoneColumns: true }), batches);
      }),
      { seed: 21, numRuns: 200 },
    );
  });
});

describe("toArrowStream()", () => {
  it("writes whatever batches exactly", async () => {
    await fc.assert(
      fc.asyncProperty(anyBatches, async (batches) => {
        const stream = toArrowStream({ fields, batches }, { zoneColumns: true, decimalScales: { DECIMAL128: 9 } });
        expectTable(tableFromIPC(await new Response(stream).bytes(), exact), batches);
      }),
      { seed: 22, numRuns: 200 },
    );
  });
});
