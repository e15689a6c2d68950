import type { DeploymentEvent } from "e6data-web";
import { health, logDeployment, measureDeployment, openAuditTrail, watchDeployment } from "e6data-web/deployment";
import { jsonLogger } from "e6data-web/telemetry";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, throws, until } from "./check.ts";
import { wideRows } from "./statements.ts";

/** What an application sees of a deployment, and what it can do about it by hand. */
export const lookingIn: BehaviourGroup = {
  name: "looking in",
  cases: [
    {
      name: "shows what is known, and which queries run where",
      async run({ open, control }) {
        const connection = open();
        const { strategy } = connection;
        like(strategy, { active: undefined, announced: undefined, changedAt: 0, checkedAt: 0, sessions: [], pins: [] });
        const stream = await connection.stream(wideRows(8_000), undefined, { prefetchBytes: 0 });
        await control.switch("green");
        await connection.query("select 1");
        const isLeft = (pins: typeof strategy.pins) => pins.length === 1;
        const [pin] = await until(() => strategy.pins, isLeft, "the query is given back");
        equal(pin, { queryId: stream.queryId, strategy: "blue" });
        equal([strategy.active, strategy.sessions], ["green", ["blue", "green"]]);
        ok(strategy.checkedAt >= strategy.changedAt && strategy.changedAt > 0, "both times are known");
        await stream.close();
        equal(strategy.pins, []);
      },
    },
    {
      name: "tells each step of an announced switch, from connect() on or later, until it is undone",
      async run({ open, control }) {
        const told: DeploymentEvent[] = [];
        const later: string[] = [];
        const connection = open({ onDeployment: (event) => told.push(event) });
        await connection.query("select 1");
        const undo = connection.strategy.subscribe(({ type }) => later.push(type));
        try {
          await control.gateway({ active: "blue", announced: "green" });
          await control.announce("green");
          await connection.query("select 1");
          await until(
            () => connection.strategy.active,
            (stack) => stack === "green",
            "the switch is made",
          );
        } finally {
          await control.gateway({ active: "blue" });
        }
        undo();
        // While the gateway is being told, it may still name blue: then green is asked once more.
        const isStep = (type: string) => ["announced", "accepted", "switched"].includes(type);
        equal(later.filter(isStep), ["announced", "accepted", "switched"]);
        const types = told.map(({ type }) => type);
        equal(types.filter(isStep), ["switched", "announced", "accepted", "switched"]);
        ok(
          told.every(({ at }) => at > 1_700_000_000_000),
          "each has its time",
        );
        const [switched] = told.filter(({ type }) => type === "switched").slice(-1);
        like(switched, { from: "blue", to: "green" });
      },
    },
    {
      name: "keeps a history, adds up what happens, and judges it",
      async run({ open, control }) {
        const connection = open();
        const watch = watchDeployment(connection, { limit: 10, now: () => 1_900_000_000_000 });
        await connection.query("select 1");
        await until(control.openQueries, (count) => count === 0, "the query is given back");
        try {
          await control.switch("green");
          await control.gateway({ active: "green" });
          await connection.query("select 1");
        } finally {
          await control.gateway({ active: "blue" });
        }
        const types = watch.history.map(({ event }) => event.type).filter((type) => type !== "detected");
        ok(types.includes("mismatch") && types.includes("switched"), `${types} tells of a refusal and a switch`);
        like(watch.tally, { switches: { blue: 0, green: 1 }, interrupted: 0 });
        const snapshot = watch.snapshot();
        like(snapshot, { at: 1_900_000_000_000, active: "green" });
        equal(health(JSON.parse(JSON.stringify(snapshot))), watch.health());
        // While the gateway is being told, it may still name blue, which refuses: that is for the sessions' health to say.
        const { detection, store, recovery } = watch.health();
        equal([detection.status, store.status, recovery.status], ["healthy", "healthy", "healthy"]);
        watch.close();
        throws(() => watchDeployment(connection, { limit: 0 }), { code: "INVALID_OPTION" });
      },
    },
    {
      name: "writes lines of JSON, measures, and keeps an audit trail, without secrets",
      async run({ open, control, url }) {
        const lines: string[] = [];
        const failures: string[] = [];
        const counted = new Map<string, number>();
        const instrument = (name: string) => (value: number) => {
          counted.set(name, (counted.get(name) ?? 0) + value);
        };
        const measurement = measureDeployment({
          createHistogram: (name) => ({ record: instrument(name) }),
          createCounter: (name) => ({ add: instrument(name) }),
        });
        const cluster = `audit-${Math.random().toString(36).slice(2)}`;
        const onFailure = (reason: string) => failures.push(reason);
        const trail = openAuditTrail({ url, cluster, limit: 5, onFailure, scope: globalThis });
        const log = logDeployment(
          jsonLogger((line) => lines.push(line)),
          { level: "debug" },
        );
        const listeners = [measurement.onDeployment, trail.record, log];
        const connection = open({
          observe: measurement.observe,
          onDeployment: (event) => {
            for (const listener of listeners) listener(event);
          },
        });
        await connection.query("select 's3cr3t'");
        await until(control.openQueries, (count) => count === 0, "the query is given back");
        await control.switch("green");
        await connection.query("select 's3cr3t'");
        const entries = await trail.read();
        like(entries, [
          { from: undefined, to: "blue" },
          { from: "blue", to: "green" },
        ]);
        equal(counted.get("e6data.client.deployment.switches"), 1);
        equal(counted.get("e6data.client.deployment.lookups"), 2);
        ok((counted.get("e6data.client.deployment.mismatches") ?? 0) > 0, "456s are counted");
        const messages = lines.map((line) => String(JSON.parse(line).message));
        ok(messages.includes("e6data: new work goes to another stack"), "the switch is logged");
        const text = JSON.stringify([lines, entries]);
        for (const { session } of await control.sessions()) ok(!text.includes(session), "no session is told");
        ok(!/s3cr3t|ann/.test(text.replaceAll("announced", "")), "no statement and no user is told");
        // Where there is no storage, that is told, and memory does.
        equal(failures, "indexedDB" in globalThis ? [] : ["NotSupportedError"]);
      },
    },
    {
      name: "moves by hand: once the stack has accepted, or by an announcement",
      async run({ open, control }) {
        const connection = open();
        const { strategy } = connection;
        await strategy.refresh();
        equal(strategy.active, "blue");
        await rejects(strategy.activate("green"), { code: "STRATEGY_MISMATCH", strategy: "green" });
        equal((await connection.query("select 1")).strategy, "blue");
        await until(control.openQueries, (count) => count === 0, "the query is given back");
        // From then on it takes work, and no answer has told this connection so.
        await control.announce("green");
        await strategy.activate("green");
        equal(strategy.active, "green");
        await control.announce(null);
        strategy.announce("blue");
        equal(strategy.announced, "blue");
        await until(
          () => strategy.active,
          (stack) => stack === "blue",
          "the switch is made",
        );
      },
    },
    {
      name: "chooses the stack for new work, as long as that one accepts",
      async run({ open, control }) {
        const told: DeploymentEvent["type"][] = [];
        const connection = open({
          selectStrategy: ({ active }) => (active === undefined ? undefined : "green"),
          onDeployment: ({ type }) => told.push(type),
        });
        equal((await connection.query("select 1")).strategy, "blue");
        equal((await connection.query("select 1")).strategy, "blue");
        ok(told.includes("selection-ignored"), `${told} tells that green has refused`);
        // From then on green takes work, and nobody has told this connection so.
        await until(control.openQueries, (count) => count === 0, "the queries are given back");
        await control.announce("green");
        equal((await connection.query("select 1")).strategy, "green");
      },
    },
  ],
};
