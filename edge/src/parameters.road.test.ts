import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import { type Connection, connect, isE6Error, type Params, type ParamValue, sql } from "e6data-web";
import { CalendarDate, Decimal, Interval, Timestamp } from "e6data-web/wire";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let mock: Mock;
let gateway: Gateway;
/** One whose engine binds values, one whose engine cannot: the client writes them into the text. */
let connections: Readonly<Record<"engine" | "client", Connection>>;

beforeAll(async () => {
  mock = await startMock({ scale: 0.001 });
  gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1 });
  const open = (user: string) => connect({ url: gateway.url, user, token: "secret" });
  connections = { engine: open("ann"), client: open("bob") };
  mock.control.faults([{ rpc: "executeStatementV2", form: "unimplemented" }]);
  await connections.client.query("select ?", [1]);
});

afterAll(async () => {
  // Whatever did not start has nothing to close.
  await Promise.all(Object.values(connections ?? {}).map((connection) => connection.close()));
  await gateway?.close();
  await mock?.close();
});

const bindings = ["engine", "client"] as const;

/** Pieces that mean something to a reader of SQL, or to DuckDB before it reads. */
const signs = [
  "'",
  "''",
  '"',
  "`",
  "\\",
  "\\'",
  "--",
  "/*",
  "*/",
  ";",
  "?",
  ":a",
  "$1",
  "$$",
  "$a$",
  "%(a)s",
  "%%",
  "E'",
  "(",
];
const blanks = ["\0", "\n", "\r", "\t", " ", "\u00a0", "\u2003", "\u2028", "\u200b", "\u3000", "\ufeff"];
const letters = ["a", "x", "0", "é", "ß", "😀", "\u{10ffff}", "\ufffe", ")", ","];
const hostileText = fc.string({ unit: fc.constantFrom(...signs, ...blanks, ...letters), maxLength: 16 });

/** Around its placeholders stands what could hide one, or pass for one. */
const statement = `select /* it's ? /* :a */ ' */ ?, 'it''s ?', E'\\'?', $$'?$$, $q$ ?' $q$,? -- ' ?
  as "v'?",?as x, ? /* ? */ from (select 1 as "v'") where ? = ? --?`;

/** A statement with placeholders of one style: a value at two places, a list with and without parentheses, and around them what could hide one. */
function styled(a: string, b: string, list: string): string {
  return `select /* ' ? :a $1 %(a)s */ ${b} as a, ${a} as "it's ?", -- it's ?
    ${a} in (${list}) as c, ${b} not in ${list} as d, '''$1'' :a %(a)s ?' as e`;
}

type ParamsOf = (a: string, b: string, list: readonly string[]) => Params;
const named: ParamsOf = (a, b, list) => ({ a, b, list });
const styles: readonly (readonly [style: string, statement: string, paramsOf: ParamsOf])[] = [
  ["?", styled("?", "?", "?"), (a, b, list) => [b, a, a, list, b, list]],
  ["$1", styled("$1", "$2", "$3"), (a, b, list) => [a, b, list]],
  [":name", styled(":a", ":b", ":list"), named],
  ["%(name)s", styled("%(a)s", "%(b)s", "%(list)s"), named],
];

describe.each(bindings)("a value bound by the %s", (binding) => {
  const query = async (text: string, params: readonly ParamValue[]) =>
    (await connections[binding].query(text, params)).rows();

  it("goes the way that is meant", async () => {
    mock.control.clearCalls();
    expect(await query("select ?", ["x"])).toEqual([["x"]]);
    const rpcs = mock.control.calls().map(({ rpc }) => rpc);
    expect(rpcs.includes("executeStatementV2")).toBe(binding === "engine");
  });

  it("reads back as itself, and changes no statement, whatever text it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(hostileText, hostileText, hostileText, hostileText), async ([a, b, c, d]) => {
        const rows = await query(statement, [a, b, c, d, a, a]);
        expect(rows).toEqual([[a, "it's ?", "'?", "'?", " ?' ", b, c, d]]);
      }),
      { numRuns: 50 },
    );
  });

  it.each(styles)("reads back as itself, alone and in lists, by %s", async (_, statement, paramsOf) => {
    await fc.assert(
      fc.asyncProperty(hostileText, hostileText, fc.array(hostileText, { maxLength: 4 }), async (a, b, list) => {
        const result = await connections[binding].query(statement, paramsOf(a, b, list));
        // Nothing of the text is lost before its end, and nothing of a value becomes a row or a column.
        expect(result.fields.map(({ name }) => name)).toEqual(["a", "it's ?", "c", "d", "e"]);
        expect(result.rows()).toEqual([[b, a, list.includes(a), !list.includes(b), "'$1' :a %(a)s ?"]]);
      }),
      { numRuns: 25 },
    );
  });

  it("reads back as itself though it takes a million bytes", async () => {
    // Characters of four bytes: the engine counts those of a statement, which may have a million of them.
    const pattern = `it's ? \\' -- /* $1 :a %(a)s $$ \0 é ${"😀".repeat(100)}`;
    const value = pattern.repeat(2 ** 20 / Buffer.byteLength(pattern) + 1);
    const [[back, length] = []] = await query("select x, length(x) from (select ? as x)", [value]);
    // Compared here: a test runner would print both.
    expect(back === value).toBe(true);
    expect(length).toBe(BigInt([...value].length));
  });

  it.each(styles)("is refused if it is no text that can be sent, by %s", async (_, statement, paramsOf) => {
    for (const value of ["\ud800", "a\udc00b", "\udc00\ud800"]) {
      const answer = connections[binding].query(statement, paramsOf("a", value, ["x"]));
      await expect(answer).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
      await expect(answer).rejects.toThrow(/lone surrogate/);
    }
  });

  it("stays in a template what it is", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (value) => {
        const filter = sql`${value} in (${[value, "x"]})`;
        const result = await connections[binding].query(
          sql`select ${value} as ${sql.identifier("it's ?")} where ${filter}`,
        );
        expect(result.rows()).toEqual([[value]]);
        expect(result.fields[0]?.name).toBe("it's ?");
      }),
      { numRuns: 10 },
    );
  });

  // DuckDB's timestamps reach as far; infinity lies beyond.
  const micros = fc.bigInt({ min: -9_223_372_022_400_000_000n, max: 9_223_372_036_854_775_806n });
  const days = fc.bigInt({ min: -106_751_990n, max: 106_751_990n });
  const digits38 = 10n ** 38n - 1n;
  const zone = fc.constantFrom("Z", "+05:30", "-04:56:02", "Europe/Berlin");

  it.each<[string, fc.Arbitrary<ParamValue>, (value: never) => unknown]>([
    ["a boolean or null", fc.constantFrom(true, false, null), (value) => value],
    ["an integer", fc.maxSafeInteger(), (value: number) => BigInt(value)],
    [
      "another number",
      fc.oneof(
        fc.double({ noInteger: true }),
        fc.constantFrom(-0, 2 ** 53, 1e300, 5e-324, Number.NaN, -Infinity, Infinity),
      ),
      (value) => value,
    ],
    ["a bigint", fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => value],
    ["a large bigint", fc.bigInt({ min: 2n ** 63n, max: digits38 }), (value: bigint) => new Decimal(value, 0)],
    [
      "a Decimal",
      fc
        .tuple(fc.bigInt({ min: -digits38, max: digits38 }), fc.integer({ min: 0, max: 38 }))
        .map(([unscaled, scale]) => new Decimal(unscaled, scale)),
      (value) => value,
    ],
    ["bytes", fc.uint8Array(), (value) => value],
    ["a CalendarDate", days.map((count) => new CalendarDate(count * 86_400_000_000n)), (value) => value],
    ["a Timestamp", micros.map((count) => new Timestamp(count)), (value: Timestamp) => value.micros],
    [
      "a Timestamp with a zone",
      fc.tuple(days, zone).map(([count, name]) => new Timestamp(count * 86_000_000_001n, name)),
      (value: Timestamp) => value.micros,
    ],
    ["a Date", fc.date({ noInvalidDate: true }), (value: Date) => BigInt(value.getTime()) * 1000n],
    [
      "an Interval",
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((count) => new Interval(count)),
      (value) => value,
    ],
  ])("reads back exactly: %s", async (_, values, expected) => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 16 }), async (list) => {
        const [row = []] = await query(`select ${list.map(() => "?").join(", ")}`, list);
        const read = row.map((value) => (value instanceof Timestamp ? value.micros : value));
        expect(read).toEqual(list.map((value) => expected(value as never)));
      }),
      { numRuns: 10 },
    );
  });

  it("can be a list, which may be empty", async () => {
    const names = async (condition: string, list: readonly string[]) =>
      (await query(`select r_name from region where r_name ${condition} order by 1 limit ?`, [list, 2])).flat();
    expect(await names("in (?)", ["ASIA", "EUROPE", "it's"])).toEqual(["ASIA", "EUROPE"]);
    expect(await names("in ?", ["ASIA", "it's"])).toEqual(["ASIA"]);
    expect(await names("in (?)", [])).toEqual([]);
    expect(await names("not in (?)", [])).toEqual(["AFRICA", "AMERICA"]);
    expect(await query("select count(*) from nation where n_nationkey not in (?)", [[]])).toEqual([[25n]]);
  });

  it("compares a text with a date", async () => {
    const [row] = await query("select count(*) from orders where o_orderdate >= ? or o_orderdate < ?", [
      "1995-01-01",
      "1995-01-01",
    ]);
    expect(row).toEqual([1500n]);
  });
});

/** Columns that a reader of SQL can misunderstand. */
const columns = [
  "?",
  "-?::int",
  "'?'",
  "'it''s ?'",
  "'\\'",
  "E'\\'?'",
  "E'a' -- '?\n '\\'?'",
  "'a' -- '?\n '\\'",
  "$$'?$$",
  "$a$ $$?' $a$",
  '1 as "?\'"',
  "1 -- ?'\n",
  "/* ?' */ 1",
  "/* /* ' */ ? */ 1",
  "[1, ?][1:?]",
  "\u00a0?\u3000as é",
] as const;

/** How often the client sees a placeholder; nothing for a text that DuckDB refuses. */
async function placeholdersOf(text: string): Promise<number | undefined> {
  for (let count = 0; ; count++) {
    const values = new Array<number>(count).fill(1);
    const error = await connections.engine.query(text, values).catch((caught: unknown) => caught);
    if (!isE6Error(error)) return count;
    if (error.code !== "INVALID_PARAMETER" || !error.message.includes("no value for")) {
      expect(error.message).not.toMatch(/values are needed/);
      return undefined;
    }
  }
}

describe("a placeholder", () => {
  it("is one where DuckDB sees one, also in a text that lost a sign", async () => {
    const seen: (number | undefined)[] = [];
    const parts = fc.array(fc.constantFrom(...columns), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(parts, fc.nat(60), async (chosen, at) => {
        const text = chosen.join(", ");
        seen.push(await placeholdersOf(`select ${text.slice(0, at)}${text.slice(at + 1)}`));
      }),
      { numRuns: 150 },
    );
    expect(seen.filter((count) => count !== undefined && count > 0).length).toBeGreaterThan(20);
  });
});
