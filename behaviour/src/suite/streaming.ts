import { type QueryStream, sql, toCsv, toNdjson } from "e6data-web";
import type { BehaviourGroup, Context } from "./behaviour.ts";
import { equal, like, ok, rejects, throws, until } from "./check.ts";
import { manyRows } from "./statements.ts";

const numbers = (count: number) => sql`select i from range(${count}) t(i) order by i`;
const little = { prefetchBytes: 64 * 1024 };

/** Holds when the engine has been told to stop the one query that there is, and has forgotten it. */
async function untilStopped({ control }: Context): Promise<void> {
  await until(control.openQueries, (count) => count === 0, "the engine keeps no query");
  const rpcs = await control.rpcs();
  equal(rpcs.slice(-2), ["blue cancelQuery", "blue clear"], "how the query ended");
}

async function lastOf<T>(items: AsyncIterable<T>): Promise<readonly [count: number, last: T | undefined]> {
  let count = 0;
  let last: T | undefined;
  for await (const item of items) {
    count += 1;
    last = item;
  }
  return [count, last];
}

const text = async (stream: ReadableStream<Uint8Array>) => await new Response(stream).text();

/** Rows as they come. */
export const streaming: BehaviourGroup = {
  name: "stream()",
  cases: [
    {
      name: "gives every row once, in order, and says before what is to come",
      async run({ open, control }) {
        const stream = await open().stream(numbers(50_000));
        like(stream, { rowCount: 50_000, strategy: "blue" });
        like(stream.fields, [{ name: "i", type: "LONG" }]);
        ok(stream.queryId !== "", "it has the query's id");
        let next = 0n;
        for await (const [value] of stream) {
          if (value !== next) throw new Error(`row ${next} is ${value}`);
          next++;
        }
        equal(next, 50_000n);
        ok(!(await control.rpcs()).includes("blue cancelQuery"), "nothing was cancelled");
      },
    },
    {
      name: "gives objects, in the dialect that is asked for",
      async run({ open }) {
        const stream = await open().stream(numbers(10_000), undefined, { dialect: "plain" });
        equal(await lastOf(stream.objects()), [10_000, { i: 9_999 }]);
      },
    },
    {
      name: "gives batches, for their columns",
      async run({ open }) {
        const stream = await open().stream(numbers(50_000));
        let [sum, count] = [0n, 0];
        for await (const batch of stream.batches()) {
          count += batch.rowCount;
          for (const value of batch.column(0).toArray()) sum += BigInt(value as bigint);
        }
        equal([count, sum], [50_000, 1_249_975_000n]);
      },
    },
    {
      name: "asks no further than its reader and the read-ahead do",
      async run({ open, control }) {
        const connection = open();
        const fetches = async () => (await control.rpcs()).filter((rpc) => rpc.includes("getNextResultBatch")).length;
        const stream = await connection.stream(manyRows, undefined, { prefetchBytes: 0 });
        equal(await fetches(), 0, "the fetches before the first row is asked for");
        const rows = stream[Symbol.asyncIterator]();
        equal(await rows.next(), { done: false, value: [0n, "0".repeat(400)] });
        equal(await fetches(), 1, "the fetches for the first row");
        await stream.close();
      },
    },
    {
      name: "stops the engine when its loop is left",
      async run(context) {
        for await (const _row of await context.open().stream(manyRows, undefined, little)) break;
        await untilStopped(context);
      },
    },
    {
      name: "stops the engine when its consumer throws",
      async run(context) {
        const stream = await context.open().stream(manyRows, undefined, little);
        const failure = new Error("the consumer's own");
        const consume = async () => {
          for await (const _row of stream.objects()) throw failure;
        };
        equal(await consume().catch((error: unknown) => error === failure), true, "whether the error comes through");
        await untilStopped(context);
      },
    },
    {
      name: "stops the engine when its batches are left",
      async run(context) {
        const stream = await context.open().stream(manyRows, undefined, little);
        for await (const _batch of stream.batches()) break;
        await untilStopped(context);
      },
    },
    {
      name: "stops the engine when it is closed or goes out of scope, also unread",
      async run(context) {
        const connection = context.open();
        {
          await using _stream = await connection.stream(manyRows, undefined, little);
        }
        await untilStopped(context);
        const stream = await connection.stream(manyRows, undefined, little);
        await stream.close();
        await stream.close();
        await untilStopped(context);
      },
    },
    {
      name: "is read once",
      async run({ open }) {
        const stream: QueryStream = await open().stream(numbers(10));
        equal((await lastOf(stream))[0], 10);
        throws(() => stream.batches(), { code: "INVALID_PARAMETER" });
        await rejects(lastOf(stream), { code: "INVALID_PARAMETER" });
      },
    },
    {
      name: "refuses options that are wrong",
      async run({ open }) {
        await rejects(open().stream("select 1", undefined, { prefetchBytes: -1 }), { code: "INVALID_OPTION" });
      },
    },
    {
      name: "becomes NDJSON, of objects or arrays, with all digits",
      async run({ open }) {
        const connection = open();
        const statement = "select 9007199254740993 as big, 'a\"\n' as text, null as none, 'nan'::double as nan";
        const lines = async (options?: Parameters<typeof toNdjson>[2]) => {
          const stream = await connection.stream(statement);
          return await text(toNdjson(stream.batches(), stream.fields, options));
        };
        equal(await lines(), '{"big":"9007199254740993","text":"a\\"\\n","none":null,"nan":"NaN"}\n');
        equal(await lines({ dialect: "exact", lines: "arrays" }), '[9007199254740993,"a\\"\\n",null,"NaN"]\n');
      },
    },
    {
      name: "becomes CSV, guarded against formulas where that is asked for",
      async run({ open }) {
        const connection = open();
        const statement = "select '=1+1' as formula, 'a,\"b\"\n' as text, null as none, -1.50::decimal(4,2) as price";
        const lines = async (options?: Parameters<typeof toCsv>[2]) => {
          const stream = await connection.stream(statement);
          return await text(toCsv(stream.batches(), stream.fields, options));
        };
        equal(await lines(), 'formula,text,none,price\r\n=1+1,"a,""b""\n",,-1.50\r\n');
        const options = { header: false, delimiter: ";", nullText: "NULL", guardFormulas: true, byteOrderMark: true };
        const stream = await connection.stream(statement);
        const bytes = await new Response(toCsv(stream.batches(), stream.fields, options)).arrayBuffer();
        equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), `\ufeff'=1+1;"a,""b""\n";NULL;-1.50\r\n`);
        const left = await connection.stream("select 1");
        throws(() => toCsv(left.batches(), left.fields, { delimiter: "ab" }), { code: "INVALID_OPTION" });
        await left.close();
      },
    },
    {
      name: "stops the engine when the reader of its text cancels",
      async run(context) {
        const stream = await context.open().stream(manyRows, undefined, little);
        const reader = toNdjson(stream.batches(), stream.fields).getReader();
        await reader.read();
        await reader.cancel();
        await untilStopped(context);
      },
    },
    {
      name: "hands rows out until the connection breaks, and says how many",
      async run({ open, control }) {
        await control.faults({ rpc: "getNextResultBatchV2", nth: 2, form: "drop-mid" });
        const stream = await open().stream(manyRows, undefined, { prefetchBytes: 0 });
        let rows = 0;
        const consume = async () => {
          for await (const _row of stream) rows++;
        };
        const error = await rejects(consume(), { code: "RESULT_INTERRUPTED", retryable: true });
        ok(rows > 0, "rows came before");
        equal(error.rowsDelivered, rows);
      },
    },
  ],
};
