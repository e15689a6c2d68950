import { type ParamValue, sql } from "e6data-web";
import { CalendarDate, Decimal, Interval, Timestamp } from "e6data-web/wire";
import type { BehaviourGroup, Context } from "./behaviour.ts";
import { equal, ok, rejects, throws } from "./check.ts";

/** Texts that end a literal, a comment or a statement where somebody is careless. */
const hostile = [
  "'",
  "''; drop table region; --",
  '"',
  "\\",
  "\\'",
  "/* */ --",
  "?",
  ":name",
  "%(name)s",
  "$1",
  "%",
  "𝄞 déjà vu 🎉",
  "\u202e\ufeff",
  "\n\r\t",
  "",
];

/** Values, and what they are when they are read back. */
const values: readonly (readonly [value: ParamValue, back: unknown])[] = [
  [null, null],
  [true, true],
  [42, 42n],
  [0.1, 0.1],
  [-0, -0],
  [Number.NaN, Number.NaN],
  [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  [9_223_372_036_854_775_807n, 9_223_372_036_854_775_807n],
  [-9_223_372_036_854_775_808n, -9_223_372_036_854_775_808n],
  ["text", "text"],
  [
    new Decimal(-12345678901234567890123456789012345678n, 10),
    new Decimal(-12345678901234567890123456789012345678n, 10),
  ],
  [new Uint8Array([0, 39, 92, 255]), new Uint8Array([0, 39, 92, 255])],
  [new CalendarDate(-86_400_000_000n), new CalendarDate(-86_400_000_000n)],
  [new Date("2026-11-21T01:02:03.004Z"), new Timestamp(1_795_222_923_004_000n)],
  [new Timestamp(-1n), new Timestamp(-1n)],
  [new Interval(-90_061_000_001n), new Interval(-90_061_000_001n)],
];

async function readBack({ open }: Context): Promise<void> {
  const connection = open();
  const marks = values.map(() => "?").join(", ");
  const result = await connection.query(
    `select ${marks}`,
    values.map(([value]) => value),
  );
  const row = result.rows()[0] ?? [];
  for (const [i, [, back]] of values.entries()) equal(row[i], back, `value ${i + 1}`);
}

async function one({ open }: Context, value: unknown): Promise<unknown> {
  // A runtime's own Temporal is what the client takes it for.
  return (await open().query("select ?", [value as ParamValue])).rows()[0]?.[0];
}

/** Values in statements. */
export const parameters: BehaviourGroup = {
  name: "a parameter",
  cases: [
    {
      name: "is read back as itself, bound by the engine",
      async run(context) {
        await readBack(context);
        ok((await context.control.rpcs()).includes("blue executeStatementV2"), "the engine has bound the values");
      },
    },
    {
      name: "is read back as itself, written by the client for an engine that binds none",
      async run(context) {
        await context.control.faults({ rpc: "executeStatementV2", times: 9, form: "unimplemented" });
        await readBack(context);
      },
    },
    {
      name: "stands for ?, $1, :name and %(name)s",
      async run(context) {
        const { open } = context;
        const connection = open();
        const answers = await Promise.all([
          connection.query("select ? - ?", [5, 3]),
          connection.query("select $2 - $1", [3, 5]),
          connection.query("select :a - :b", { a: 5, b: 3 }),
          connection.query("select %(a)s - %(b)s", { a: 5, b: 3 }),
          connection.query(sql`select ${5} - ${3}`),
        ]);
        equal(
          answers.map((result) => result.rows()),
          answers.map(() => [[2n]]),
        );
      },
    },
    {
      name: "is told with its type before the statement is run",
      async run({ open, control }) {
        const connection = open();
        const asked = await connection.parameters("select * from nation where n_nationkey = ? and n_name = ?");
        equal(
          asked.map(({ index }) => index),
          [0, 1],
        );
        ok(
          asked.every(({ type }) => typeof type === "string" && type !== ""),
          "each has a type",
        );
        equal(await connection.parameters("select '?'"), []);
        await rejects(connection.parameters("selekt ?"), { code: "SQL_ERROR" });
        ok(!(await control.rpcs()).some((rpc) => rpc.includes("execute")), "nothing was run");
      },
    },
    {
      name: "is nothing inside literals, quoted names and comments",
      async run(context) {
        const statement = `select '? :a' || :a as "? :a" -- ? :b`;
        const result = await context.open().query(statement, { a: "!" });
        equal([result.fields[0]?.name, result.rows()], ["? :a", [["? :a!"]]]);
      },
    },
    {
      name: "changes no statement, however hostile its text",
      async run({ open }) {
        const connection = open();
        const marks = (mark: (index: number) => string) => hostile.map((_, i) => mark(i)).join(", ");
        const named = Object.fromEntries(hostile.map((text, i) => [`p${i}`, text]));
        const answers = await Promise.all([
          connection.query(`select ${marks(() => "?")}`, hostile),
          connection.query(`select ${marks((i) => `$${i + 1}`)}`, hostile),
          connection.query(`select ${marks((i) => `:p${i}`)}`, named),
          connection.query(`select ${marks((i) => `%(p${i})s`)}`, named),
          connection.query(sql`select ${sql.join(hostile)}`),
        ]);
        for (const answer of answers) equal(answer.rows(), [hostile]);
      },
    },
    {
      name: "may be the list of an IN, also an empty one",
      async run({ open }) {
        const connection = open();
        const count = async (keys: readonly number[]) =>
          (await connection.query("select count(*) from nation where n_nationkey in (?)", [keys])).rows()[0]?.[0];
        equal([await count([1, 2, 3]), await count([7]), await count([])], [3n, 1n, 0n]);
        const others = sql`select count(*) from nation where n_nationkey not in ${[]}`;
        equal((await connection.query(others)).rows(), [[25n]]);
      },
    },
    {
      name: "stands in statements that are composed of parts",
      async run({ open }) {
        const filters = [sql`n_regionkey = ${1}`, sql`n_name like ${"%A%"}`];
        const columns = sql.join([sql.identifier("n_name"), sql.raw("n_nationkey + 0 as key")]);
        const statement = sql`select ${columns} from ${sql.identifier("sample", "tpch", "nation")}
          where ${sql.join(filters, sql` and `)} order by key limit ${2}`;
        equal((await open().query(statement)).rows(), [
          ["ARGENTINA", 1],
          ["BRAZIL", 2],
        ]);
        equal([statement.params, statement.text.includes("BRAZIL")], [[1, "%A%", 2], false]);
      },
    },
    {
      name: "is refused by its place and type where it has no rule, never by what it holds",
      async run({ open, control }) {
        const connection = open();
        const secret = "s3cr3t";
        // Callers that no compiler checks.
        const wrong = [
          undefined,
          Symbol(secret),
          () => secret,
          { secret },
          new Map([[secret, 1]]),
          "\ud800",
          [[1]],
        ] as never[];
        for (const value of wrong) {
          const error = await rejects(connection.query("select ?", [value]), { code: "INVALID_PARAMETER" });
          ok(/value 1|parameter/.test(error.message), `"${error.message}" names the place`);
          ok(!error.message.includes(secret), "the message is silent about the value");
        }
        await rejects(connection.query("select ?, ?", [1]), { code: "INVALID_PARAMETER" });
        await rejects(connection.query("select ?", [1, 2]), { code: "INVALID_PARAMETER" });
        await rejects(connection.query("select :a, ?", { a: 1 }), { code: "INVALID_PARAMETER" });
        throws(() => sql`select ${Symbol("x") as never}`, { code: "INVALID_PARAMETER" });
        throws(() => sql.identifier(""), { code: "INVALID_PARAMETER" });
        throws(() => sql.join([]), { code: "INVALID_PARAMETER" });
        equal(await control.rpcs(), [], "what was sent");
      },
    },
    {
      name: "may be a Temporal value where the runtime has them",
      async run(context) {
        const { Temporal } = globalThis as { Temporal?: TemporalLike };
        if (Temporal === undefined) {
          // Node 24 and workerd have none yet: there such values cannot be made, and there is nothing to bind.
          ok(context.platform === "Node" || context.platform === "workerd", `${context.platform} has Temporal`);
          return;
        }
        equal(String(await one(context, Temporal.PlainDate.from("-000043-03-15"))), "-0043-03-15");
        const moment = Temporal.Instant.from("2026-11-21T01:02:03.000004Z");
        equal(String(await one(context, moment)), "2026-11-21T01:02:03.000004Z");
      },
    },
  ],
};

/** The part of Temporal that is used: TypeScript's library has it only in its newest form. */
interface TemporalLike {
  readonly PlainDate: { from(text: string): unknown };
  readonly Instant: { from(text: string): unknown };
}
