import { connect } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, rejects, throws, until } from "./check.ts";
import { endless, manyRows } from "./statements.ts";

/** The end of a connection. */
export const closing: BehaviourGroup = {
  name: "close()",
  cases: [
    {
      name: "ends what runs, and resolves when the engine has been told",
      async run({ open, control }) {
        const connection = open();
        const running = rejects(connection.query(endless), { code: "CLOSED" });
        const stream = await connection.stream(manyRows, undefined, { prefetchBytes: 0 });
        await until(control.openQueries, (count) => count === 2, "both queries run");
        await until(
          control.rpcs,
          (rpcs) => rpcs.filter((rpc) => rpc.endsWith("getResultMetadata")).length === 2,
          "both are read",
        );
        await connection.close();
        await running;
        const consume = async () => {
          for await (const _row of stream);
        };
        await rejects(consume(), { code: "CLOSED" });
        equal(await control.openQueries(), 0);
      },
    },
    {
      name: "lets nothing begin afterwards, and may be called twice",
      async run({ open, control }) {
        const connection = open();
        await connection.close();
        await connection.close();
        await rejects(connection.query("select 1"), { code: "CLOSED" });
        await rejects(connection.stream("select 1"), { code: "CLOSED" });
        await rejects(connection.catalogs(), { code: "CLOSED" });
        await rejects(connection.cluster.status(), { code: "CLOSED" });
        await rejects(connection.cursor().execute("select 1"), { code: "CLOSED" });
        equal(await control.rpcs(), [], "what was sent");
      },
    },
    {
      name: "is called by `await using`",
      async run({ url }) {
        let left: ReturnType<typeof connect> | undefined;
        {
          await using connection = connect({ url, user: "ann", token: "secret" });
          left = connection;
          equal((await connection.query("select 1")).rows(), [[1]]);
        }
        await rejects(left.query("select 1"), { code: "CLOSED" });
        throws(() => connect({ url: "", user: "ann", token: "secret" }), { code: "INVALID_OPTION" });
      },
    },
  ],
};
