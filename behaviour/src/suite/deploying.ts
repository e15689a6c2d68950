import type { QueryEvent } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, until } from "./check.ts";
import { manyRows, wideRows } from "./statements.ts";

const forms = ["http-456", "http-456-text", "http-456-html", "unknown-456", "invalid-argument-456"] as const;

/** Queries through a deployment. */
export const deploying: BehaviourGroup = {
  name: "a blue/green switch",
  cases: [
    {
      name: "between queries is met without an error, soft or hard",
      async run({ open, control }) {
        const connection = open({ deploymentTtlMs: 60_000 });
        like(connection.strategy, { active: undefined, announced: undefined });
        const stacks: string[] = [];
        for (const [stack, hard] of [
          ["blue", false],
          ["green", false],
          ["blue", true],
          ["green", true],
        ] as const) {
          await until(control.openQueries, (count) => count === 0, "the former query is given back");
          await control.switch(stack, { hard });
          stacks.push((await connection.query("select 1")).strategy);
        }
        equal(stacks, ["blue", "green", "blue", "green"]);
        equal(connection.strategy.active, "green");
      },
    },
    ...forms.map((form) => ({
      name: `is seen in a refusal of the form ${form}`,
      async run({ open, control }: Parameters<BehaviourGroup["cases"][number]["run"]>[0]) {
        const connection = open();
        await connection.query("select 1");
        await control.switch("green");
        await control.setStack("blue", { acceptsWhileDraining: true });
        await control.faults({ rpc: "prepareStatementV2", stack: "blue", form });
        equal((await connection.query("select 1")).strategy, "green");
      },
    })),
    {
      name: "that is announced is known, whether the engine or the gateway says so",
      async run({ open, control }) {
        await control.announce("green");
        const connection = open();
        await connection.query("select 1");
        like(connection.strategy, { active: "blue", announced: "green" });
        await control.announce(null);
        await control.gateway({ active: "blue", announced: "green" });
        try {
          const other = open();
          await other.query("select 1");
          like(other.strategy, { active: "blue", announced: "green" });
        } finally {
          await control.gateway({ active: "blue" });
        }
      },
    },
    {
      name: "that is announced costs no query a call: one sign-in in the background, then the next query is there",
      async run({ open, control }) {
        const connection = open();
        const callsOf = async (stack: string) => {
          const before = (await control.rpcs()).length;
          equal((await connection.query("select 1")).strategy, stack);
          await until(control.openQueries, (count) => count === 0, "the query is given back");
          const rpcs = (await control.rpcs()).slice(before);
          return rpcs.map((rpc) => rpc.replace(/^(blue|green) /, "")).filter((rpc) => rpc !== "authenticate");
        };
        const usual = await callsOf("blue");
        try {
          await control.gateway({ active: "blue", announced: "green" });
          await control.announce("green");
          equal(await callsOf("blue"), usual, "calls of the query that hears of it");
          const active = async () => connection.strategy.active;
          await until(active, (stack) => stack === "green", "the switch is made");
          equal(await callsOf("green"), usual, "calls of the first query on the new stack");
        } finally {
          await control.gateway({ active: "blue" });
        }
        const signIns = (await control.rpcs()).filter((rpc) => rpc.endsWith("authenticate"));
        equal(signIns, ["blue authenticate", "green authenticate"]);
      },
    },
    {
      name: "is met by all who share a store",
      async run({ open, control }) {
        const [one, two] = [open({ store: "shared" }), open({ store: "shared" })];
        for (const stack of ["blue", "green"] as const) {
          await until(control.openQueries, (count) => count === 0, "the former queries are given back");
          await control.switch(stack);
          equal((await one.query("select 1")).strategy, stack);
          equal((await two.query("select 1")).strategy, stack);
        }
      },
    },
    {
      name: "in the middle of a stream lets it finish where it began, while new queries move over",
      async run({ open, control }) {
        const connection = open();
        const stream = await connection.stream(wideRows(8_000), undefined, { prefetchBytes: 0 });
        let rows = 0;
        for await (const _row of stream) {
          rows++;
          if (rows === 1) {
            await control.switch("green");
            equal((await connection.query("select 1")).strategy, "green");
          }
        }
        equal([rows, stream.strategy], [8_000, "blue"]);
        const stacks = new Map((await control.calls()).map(({ query, stack }) => [query, stack]));
        equal(stacks.get(stream.queryId), "blue", "the stack of the stream's last call");
      },
    },
    {
      name: "in the middle of a query lets it finish where it began",
      async run({ open, control }) {
        const connection = open();
        await control.faults({ rpc: "getResultMetadata", delayMs: 200 });
        const running = connection.query("select 1");
        await until(control.rpcs, (rpcs) => rpcs.includes("blue getResultMetadata"), "the query runs");
        await control.switch("green");
        const { strategy } = await connection.query("select 2");
        equal([strategy, (await running).strategy], ["green", "blue"]);
      },
    },
    {
      name: "that is hard ends a stream of which rows were handed out, and says how many",
      leavesQueries: "the stack that held the query refuses every call about it",
      async run({ open, control }) {
        const stream = await open().stream(manyRows, undefined, { prefetchBytes: 0 });
        let rows = 0;
        const consume = async () => {
          for await (const _row of stream) {
            rows++;
            if (rows === 1) await control.switch("green", { hard: true });
          }
        };
        const error = await rejects(consume(), { code: "RESULT_INTERRUPTED" });
        equal(error.rowsDelivered, rows);
      },
    },
    {
      name: "that is hard lets a query begin again of which nothing was handed out, and no caller sees it",
      leavesQueries: "the stack that held the query refuses every call about it",
      async run({ open, control }) {
        const connection = open();
        await control.faults({ rpc: "getNextResultBatchV2", nth: 2, delayMs: 200 });
        const told: QueryEvent[] = [];
        const selected = connection.query(manyRows, undefined, { onEvent: (event) => told.push(event) });
        const isSecond = (rpcs: readonly string[]) =>
          rpcs.filter((rpc) => rpc === "blue getNextResultBatchV2").length === 2;
        await until(control.rpcs, isSecond, "the second batch is asked for");
        await control.switch("green", { hard: true });
        like(await selected, { rowCount: 10_000, strategy: "green" });
        const restarting = told.find(({ type }) => type === "restarting");
        like(restarting, { type: "restarting", code: "STRATEGY_MISMATCH", strategy: "blue" });
      },
    },
    {
      name: "is looked for once by many queries at a time",
      async run({ open, control }) {
        for (const [options, probe] of [
          [{}, "green authenticate"],
          [{ accessToken: "token" }, "green healthCheck"],
        ] as const) {
          await control.reset();
          const connection = open(options);
          await connection.query("select 1");
          await control.switch("green");
          const results = await Promise.all(Array.from({ length: 12 }, () => connection.query("select 1")));
          equal([...new Set(results.map(({ strategy }) => strategy))], ["green"]);
          equal((await control.rpcs()).filter((rpc) => rpc === probe).length, 1, `the number of ${probe}`);
        }
      },
    },
    {
      name: "is told from a session that has run out, which is opened anew",
      async run({ open, control }) {
        const connection = open();
        await connection.query("select 1");
        await until(control.openQueries, (count) => count === 0, "the query is given back");
        await control.expire();
        equal((await connection.query("select 1")).strategy, "blue");
        equal(
          (await control.rpcs()).filter((rpc) => rpc.endsWith("authenticate")),
          ["blue authenticate", "blue authenticate"],
        );
      },
    },
    {
      name: "that never comes to rest is told after some tries",
      async run({ open, control }) {
        await control.faults({ rpc: "prepareStatementV2", times: 100, form: "http-456" });
        await rejects(open().query("select 1"), { code: "STRATEGY_MISMATCH" });
      },
    },
    {
      name: "of which both stacks are down is told with the tries",
      async run({ open, control }) {
        await control.setStack("blue", { up: false });
        await control.setStack("green", { up: false });
        const connection = open({ recoveryTimeoutMs: 500 });
        const { message } = await rejects(connection.query("select 1"), { code: "NO_ACTIVE_STACK", retryable: true });
        ok(message.includes("blue") && message.includes("green"), `"${message}" names both`);
      },
    },
  ],
};
