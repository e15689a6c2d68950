import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import { type Connection, connect, isE6Error, type QueryResult, type Value } from "e6data-web";
import { Interval } from "e6data-web/wire";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ExactType, exactText, lost, type Sample } from "../test/exact-type.ts";
import { decimalSample, exactTypes } from "../test/exact-types.ts";

let mock: Mock;
let gateway: Gateway;
let connection: Connection;

beforeAll(async () => {
  mock = await startMock({ scale: 0.001 });
  gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1 });
  connection = connect({ url: gateway.url, user: "ann", token: "secret" });
});

afterAll(async () => {
  // Whatever did not start has nothing to close.
  await connection?.close();
  await gateway?.close();
  await mock?.close();
});

/** The samples as rows of the engine, made from their texts, with what the engine itself says of each. */
function statementOf({ sql, witness }: ExactType, samples: readonly (Sample | null)[]): string {
  const rows = samples.map((sample, i) => `(${i}, ${sample === null ? "CAST(NULL AS VARCHAR)" : `'${sample.given}'`})`);
  return `select v, ${witness?.sql ?? "''"} as said
    from (select i, ${sql} as v from (values ${rows.join(", ")}) as given (i, s)) order by i`;
}

function checkExact(rows: readonly (readonly Value[])[], samples: readonly (Sample | null)[], type: ExactType): void {
  rows.forEach(([value = null, said], row) => {
    expect(value === null ? null : exactText(value)).toBe(samples[row]?.text ?? null);
    if (value !== null && type.witness) expect(type.witness.of(value, String(said))).toBe(said);
  });
}

/** All four readings have the values of the rows. */
function checkReadings(result: QueryResult): void {
  const rows = result.rows().map(([value = null]) => exactText(value));
  expect(result.objects().map(({ v = null }) => exactText(v))).toEqual(rows);
  for (const column of [result.columns()[0], result.columnRecord()["v"]]) {
    expect(rows.map((_, row) => exactText(column?.get(row) ?? null))).toEqual(rows);
    expect(column?.toArray()).toHaveLength(rows.length);
  }
}

/** JSON keeps everything, and is JSON. */
function checkJson(result: QueryResult, samples: readonly (Sample | null)[]): void {
  const written = JSON.stringify(result.objects({ dialect: "json" }));
  const read: readonly { v: unknown }[] = JSON.parse(written);
  // JSON has no -0: `toNdjson` writes it, `JSON.stringify` does not.
  expect(read.map(({ v }) => v)).toEqual(
    samples.map((sample) => (Object.is(sample?.json, -0) ? 0 : (sample?.json ?? null))),
  );
  const column = result.columns({ dialect: "json" })[0];
  expect(samples.every((sample, row) => Object.is(column?.get(row), sample?.json ?? null))).toBe(true);
}

/** Plain values hold all of the exact ones, or are refused; and where loss is allowed, none is refused. */
function checkPlain(result: QueryResult, samples: readonly (Sample | null)[]): void {
  const column = result.columns({ dialect: "plain" })[0];
  samples.forEach((sample, row) => {
    if (sample?.plain !== lost) expect(column?.get(row)).toEqual(sample?.plain ?? null);
    else expect(() => column?.get(row)).toThrow(expect.objectContaining({ code: "PRECISION_LOSS" }));
  });
  const losing = samples.some((sample) => sample?.plain === lost);
  if (losing) expect(() => result.rows({ dialect: "plain" })).toThrow(/would not hold exactly/);
  else expect(result.rows({ dialect: "plain" })).toHaveLength(samples.length);
  expect(result.rows({ dialect: "plain", lossy: "allow" })).toHaveLength(samples.length);
}

describe("a value of the engine", () => {
  it.each(exactTypes.map((type) => [type.name, type] as const))("is read exactly: %s", async (_, type) => {
    const lists = fc.array(fc.option(type.samples, { freq: 8 }), { minLength: 1, maxLength: 400, size: "max" });
    await fc.assert(
      fc.asyncProperty(lists, async (samples) => {
        const result = await connection.query(statementOf(type, samples));
        expect(result.rowCount).toBe(samples.length);
        checkExact(result.rows(), samples, type);
        checkReadings(result);
        checkJson(result, samples);
        checkPlain(result, samples);
      }),
      { numRuns: 6 },
    );
  });

  it("is read exactly: a decimal of 38 digits, whatever its scale", async () => {
    const digits38 = 10n ** 38n - 1n;
    const unscaled = fc.bigInt({ min: -digits38, max: digits38 });
    const scales = Array.from({ length: 39 }, (_, scale) => scale);
    const rows = fc.sample(fc.array(unscaled, { minLength: 39, maxLength: 39 }), 25);
    const columns = scales.map((scale) => `CAST(s${scale} AS DECIMAL(38, ${scale}))`);
    const values = rows.map(
      (row) => `(${row.map((value, scale) => `'${decimalSample(value, scale).given}'`).join(", ")})`,
    );
    const names = scales.map((scale) => `s${scale}`).join(", ");
    const result = await connection.query(
      `select ${columns.join(", ")} from (values ${values.join(", ")}) as given (${names})`,
    );
    const texts = rows.map((row) => row.map((value, scale) => decimalSample(value, scale).text));
    expect(result.rows().map((row) => row.map(exactText))).toEqual(texts);
  });
});

describe("a column of the engine", () => {
  it.each(exactTypes.map((type) => [type.name, type] as const))("may be null in every row: %s", async (_, type) => {
    const result = await connection.query(
      `select v from (select ${type.sql} as v from (select CAST(NULL AS VARCHAR) as s from range(3000)))`,
    );
    expect(result.columns()[0]?.type).not.toBe("NULL");
    for (const dialect of ["exact", "plain", "json"] as const) {
      expect(new Set(result.rows({ dialect }).flat())).toEqual(new Set([null]));
    }
    expect(result.columns()[0]?.toArray()).toHaveLength(3000);
  });

  it.each(exactTypes.map((type) => [type.name, type] as const))("may be the same in every row: %s", async (_, type) => {
    const [sample] = fc.sample(type.samples, 1);
    const result = await connection.query(
      `select ${type.sql} as v from (select '${sample?.given}' as s from range(3000))`,
    );
    expect(new Set(result.rows().map(([value = null]) => exactText(value)))).toEqual(new Set([sample?.text]));
  });

  it("may come in batches of any size, nulls and all", async () => {
    for (const rowCount of [0, 1, 2047, 2048, 2049, 130_000]) {
      const stream = await connection.stream(
        `select i, case when i % 7 = 0 then null else 'row ' || i end, i * 1000000007 from range(${rowCount}) t(i)`,
      );
      let row = 0n;
      for await (const [number, text, product] of stream) {
        if (number !== row || text !== (row % 7n ? `row ${row}` : null) || product !== row * 1_000_000_007n) {
          throw new Error(`row ${row} of ${rowCount} is ${String([number, text, product])}`);
        }
        row++;
      }
      expect(row).toBe(BigInt(rowCount));
    }
  });
});

describe("a value that has no form in a result", () => {
  it.each([
    ["an interval of months", "select interval '1 month'"],
    ["an infinite date", "select date 'infinity'"],
    ["an infinite timestamp", "select timestamp '-infinity'"],
    ["a whole number of 39 digits", `select ${10n ** 38n}::uhugeint`],
  ])("is an error, never another value: %s", async (_, sql) => {
    const error = await connection.query(sql).then(
      (result) => result.rows(),
      (caught: unknown) => caught,
    );
    expect(isE6Error(error) && error.code).toBe("SQL_ERROR");
  });
});

const vectors = join(import.meta.dirname, "../../client/vectors");

/** One file of `client/vectors`, as its README tells. */
interface VectorFile {
  readonly metadata: string;
  readonly batches: readonly string[];
  readonly rowCount: number;
  readonly columns: readonly (readonly unknown[])[];
}

describe("a result of another encoder's", () => {
  const names = readdirSync(vectors).filter((name) => name.endsWith(".json"));

  it.each(names)("comes through the gateway as it was written: %s", async (name) => {
    const { metadata, batches, rowCount, columns }: VectorFile = JSON.parse(readFileSync(join(vectors, name), "utf8"));
    const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
    mock.replay(`select '${name}'`, { metadata: bytes(metadata), batches: batches.filter(Boolean).map(bytes) });
    const result = await connection.query(`select '${name}'`);
    expect(result.rowCount).toBe(rowCount);
    const read = result.columns().map((column) => Array.from({ length: rowCount }, (_, row) => column.get(row)));
    expect(read.map((values) => values.map(comparable))).toEqual(columns.map((values) => values.map(noted)));
  });
});

function comparable(value: unknown): string | null {
  if (value instanceof Interval) return `${value.micros}`;
  return value === null ? null : exactText(value as Value);
}

/** A value in the vectors' notation, as text. Of intervals they note the microseconds. */
function noted(value: unknown): unknown {
  if (value === null) return null;
  return typeof value === "object" && "text" in value ? value.text : String(value);
}
