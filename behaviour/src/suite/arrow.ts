import { tableFromIPC } from "@uwdata/flechette";
import { arrowContentType, toArrowStream, toArrowTable } from "e6data-web/arrow";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, ok, throws } from "./check.ts";
import { manyRows } from "./statements.ts";

const statement = `select i, i * 1.5 as price, 'text ' || i as text, case when i % 2 = 0 then i end as even
  from (select i::bigint as i from range(5000) t(i)) order by i`;

/** Results for tools that read Arrow. */
export const arrow: BehaviourGroup = {
  name: "a result as Arrow",
  cases: [
    {
      name: "is a table on the columns as they lie",
      async run({ open }) {
        const table = toArrowTable(await open().query(statement));
        equal([table.numRows, table.names], [5000, ["i", "price", "text", "even"]]);
        equal(table.at(3), { i: 3n, price: 45n, text: "text 3", even: null });
        equal(table.getChild("i").at(4999), 4999n);
      },
    },
    {
      name: "is a stream that others read, batch by batch",
      async run({ open }) {
        const stream = await open().stream(statement);
        const answer = new Response(toArrowStream(stream), { headers: { "content-type": arrowContentType } });
        equal(answer.headers.get("content-type"), "application/vnd.apache.arrow.stream");
        const table = tableFromIPC(new Uint8Array(await answer.arrayBuffer()), { useBigInt: true });
        equal([table.numRows, table.getChild("text").at(4999)], [5000, "text 4999"]);
      },
    },
    {
      name: "stops the engine when its reader cancels",
      async run({ open, control }) {
        const connection = open();
        const stream = await connection.stream(manyRows, undefined, { prefetchBytes: 1 });
        const reader = toArrowStream(stream).getReader();
        await reader.read();
        await reader.cancel();
        await connection.close();
        ok((await control.rpcs()).includes("blue cancelQuery"), "the engine was told");
      },
    },
    {
      name: "refuses scales that are none",
      async run({ open }) {
        const result = await open().query("select 1.5 as price");
        throws(() => toArrowTable(result, { decimalScales: { price: 39 } }), { code: "INVALID_OPTION" });
        throws(() => toArrowTable(result, { decimalScales: { cost: 1 } }), { code: "INVALID_OPTION" });
      },
    },
  ],
};
