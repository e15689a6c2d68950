import type { Conversions } from "e6data-web";
import { CalendarDate, Decimal, Interval, Timestamp } from "e6data-web/wire";
import type { Behaviour, BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, throws } from "./check.ts";

/** A row with a value of each type, a row of nulls, and what they are in each dialect. */
const cells = [
  {
    sql: "9007199254740991::bigint",
    type: "LONG",
    exact: 9007199254740991n,
    plain: 9007199254740991,
    json: "9007199254740991",
  },
  { sql: "-42::integer", type: "INTEGER", exact: -42, plain: -42, json: -42 },
  { sql: "0.1::double", type: "DOUBLE", exact: 0.1, plain: 0.1, json: 0.1 },
  { sql: "'nan'::double", type: "DOUBLE", exact: Number.NaN, plain: Number.NaN, json: "NaN" },
  { sql: "1.5::float", type: "FLOAT", exact: 1.5, plain: 1.5, json: 1.5 },
  { sql: "true", type: "BOOLEAN", exact: true, plain: true, json: true },
  { sql: "'𝄞 é'", type: "STRING", exact: "𝄞 é", plain: "𝄞 é", json: "𝄞 é" },
  {
    sql: "'\\x00\\xFF'::blob",
    type: "BINARY",
    exact: new Uint8Array([0, 255]),
    plain: new Uint8Array([0, 255]),
    json: "AP8=",
  },
  { sql: "12.50::decimal(38,2)", type: "DECIMAL128", exact: new Decimal(1250n, 2), plain: 12.5, json: "12.50" },
  {
    sql: "date '1969-12-31'",
    type: "DATE",
    exact: new CalendarDate(-86_400_000_000n),
    plain: new Date(-86_400_000),
    json: "1969-12-31",
  },
  {
    sql: "timestamp '2026-11-21 01:02:03.004'",
    type: "TIMESTAMP",
    exact: new Timestamp(1_795_222_923_004_000n),
    plain: new Date("2026-11-21T01:02:03.004Z"),
    json: "2026-11-21T01:02:03.004Z",
  },
  {
    sql: "interval '1 day 2 seconds'",
    type: "INTERVAL_DAY_SECOND",
    exact: new Interval(86_402_000_000n),
    plain: 86_402_000,
    json: "P1DT2S",
  },
] as const;

const columns = cells.map(({ sql }, i) => `${sql} as c${i}`).join(", ");
const nulls = cells.map(({ sql }) => `case when false then ${sql} end`).join(", ");
const statement = `select * from (select 1 as n, ${columns} union all select 2, ${nulls}) order by n`;

const dialects = ["exact", "plain", "json"] as const;

/** Four readings of one dialect. */
const readings = dialects.map(
  (dialect): Behaviour => ({
    name: `reads every type as ${dialect} values: in rows, objects, columns and a record of columns`,
    async run({ open }) {
      const connection = open();
      const result = await connection.query(statement);
      equal(
        result.fields.slice(1).map(({ type }) => type),
        cells.map(({ type }) => type),
      );
      const expected = [1, ...cells.map((cell) => cell[dialect])];
      const none = [2, ...cells.map(() => null)];
      equal(result.rows({ dialect }), [expected, none], "the rows");
      const names = ["n", ...cells.map((_, i) => `c${i}`)];
      const toObject = (row: readonly unknown[]) => Object.fromEntries(names.map((name, i) => [name, row[i]]));
      equal(result.objects({ dialect }), [toObject(expected), toObject(none)], "the objects");
      const read = result.columns({ dialect });
      equal(
        read.map((column) => [column.name, column.get(0), column.get(1), column.isNull(0), column.isNull(1)]),
        names.map((name, i) => [name, expected[i], none[i], false, i > 0]),
        "the columns",
      );
      const record = result.columnRecord({ dialect });
      equal(Object.keys(record), names);
      equal(
        names.map((name) => record[name]?.toArray().length),
        names.map(() => 2),
        "the lengths of the arrays",
      );
      const again = await connection.query(statement, undefined, { dialect });
      equal(again.rows(), [expected, none], "the rows of a query in that dialect");
    },
  }),
);

/** What a result's values are read as. */
export const reading: BehaviourGroup = {
  name: "a result",
  cases: [
    ...readings,
    {
      name: "gives typed arrays for numbers",
      async run({ open }) {
        const text = "select i, i::integer as n, i::double as d, i::float as f from range(3) t(i) order by i";
        const { i, n, d, f } = (await open().query(text)).columnRecord();
        equal(i?.toArray(), new BigInt64Array([0n, 1n, 2n]));
        equal(n?.toArray(), new Int32Array([0, 1, 2]));
        equal(d?.toArray(), new Float64Array([0, 1, 2]));
        equal(f?.toArray(), new Float32Array([0, 1, 2]));
      },
    },
    {
      name: "never loses digits unasked",
      async run({ open }) {
        const lossy = [
          ["9007199254740993::bigint", 9007199254740992],
          ["12345678901234567890.123::decimal(38,3)", 12345678901234567000],
          ["timestamp '2026-11-21 01:02:03.004005'", new Date("2026-11-21T01:02:03.004Z")],
          ["interval '110000 days' + interval '1 microsecond'", 9_504_000_000_000.002],
        ] as const;
        const connection = open();
        for (const [text, nearest] of lossy) {
          const result = await connection.query(`select ${text}`);
          throws(() => result.rows({ dialect: "plain" }), { code: "PRECISION_LOSS" });
          throws(() => result.objects({ dialect: "plain" }), { code: "PRECISION_LOSS" });
          throws(() => result.columns({ dialect: "plain" })[0]?.get(0), { code: "PRECISION_LOSS" });
          equal(result.rows({ dialect: "plain", lossy: "allow" }), [[nearest]]);
          result.rows();
          result.rows({ dialect: "json" });
        }
      },
    },
    {
      name: "keeps the limits: of 64 bits, of 38 digits, of years before 0 and after 9999, signs of zero",
      async run({ open }) {
        const text = `select (-9223372036854775808)::bigint, 99999999999999999999999999999999999999::decimal(38,0),
          date '0044-03-15 (BC)', date '12026-01-01', '-0'::double, '-inf'::double, repeat('𝄞', 3), ''`;
        const [row] = (await open().query(text)).rows({ dialect: "json" });
        equal(row, [
          "-9223372036854775808",
          "99999999999999999999999999999999999999",
          "-0043-03-15",
          "+12026-01-01",
          -0,
          "-Infinity",
          "𝄞𝄞𝄞",
          "",
        ]);
      },
    },
    {
      name: "reads columns of one value, and of nothing but nulls",
      async run({ open }) {
        const result = await open().query("select 7::bigint as seven, null::varchar as nothing from range(3000)");
        const { seven, nothing } = result.columnRecord();
        equal([seven?.get(2999), nothing?.get(0), nothing?.isNull(2999)], [7n, null, true]);
        equal([...new Set(result.rows().map(([value]) => value))], [7n]);
      },
    },
    {
      name: "converts values as its reader wants, by type and above that by field, with the default to fall back on",
      async run({ open }) {
        const result = await open().query(
          "select 1.5::decimal(4,1) as price, 2.5::decimal(4,1) as tax, null::decimal(4,1) as none",
        );
        const convert = {
          types: { DECIMAL128: (value) => `${value} EUR` },
          fields: { tax: (value, { name }, standard) => `${name} ${String(standard(value))}` },
        } satisfies Conversions<"exact", string>;
        equal(result.rows({ convert }), [["1.5 EUR", "tax 2.5", null]]);
        equal(result.columnRecord({ convert })["price"]?.get(0), "1.5 EUR");
        const asked = await open().query("select 1.5::decimal(4,1) as price", undefined, {
          dialect: "plain",
          convert: { types: { DECIMAL128: Number } },
        });
        equal(asked.rows(), [[1.5]]);
      },
    },
    {
      name: "makes names unique in objects",
      async run({ open }) {
        const result = await open().query('select 1 as a, 2 as a, 3 as a_2, 4 as a, 5 as "__proto__"');
        const [object] = result.objects();
        equal(
          Object.keys(object ?? {}),
          ["a", "a_3", "a_2", "a_4", "__proto__"].map((name) => name),
        );
      },
    },
    {
      name: "has no row beyond its last",
      async run({ open }) {
        const column = (await open().query("select 1 as one")).columnRecord()["one"];
        ok(column !== undefined, "the column is there");
        like(column, { rowCount: 1, type: "INTEGER", field: { name: "one" } });
        throws(() => column.get(1), { code: "INVALID_PARAMETER" });
        throws(() => column.isNull(-1), { code: "INVALID_PARAMETER" });
      },
    },
  ],
};
