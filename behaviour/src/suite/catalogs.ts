import type { PlannerWait } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects } from "./check.ts";

/** What an engine can be asked beside queries. */
export const catalogs: BehaviourGroup = {
  name: "the catalog",
  cases: [
    {
      name: "tells catalogs, schemas, tables and columns",
      async run({ open, control }) {
        const connection = open();
        like(
          (await connection.catalogs()).find(({ name }) => name === "sample"),
          { isDefault: true },
        );
        const schemas = await connection.schemas();
        ok(schemas.includes("tpch") && schemas.includes("sales"), "both schemas are there");
        ok((await connection.tables()).includes("lineitem"), "the tables of the connection's schema");
        ok(!(await connection.tables({ schema: "sales" })).includes("lineitem"), "the tables of another schema");
        equal(await connection.columns("region", { catalog: "sample", schema: "tpch" }), [
          { name: "r_regionkey", type: "INTEGER" },
          { name: "r_name", type: "STRING" },
          { name: "r_comment", type: "STRING" },
        ]);
        const rpcs = await control.rpcs();
        for (const rpc of ["getCataloges", "getSchemaNamesV2", "getTablesV2", "getColumnsV2"]) {
          ok(rpcs.includes(`blue ${rpc}`), `${rpc} was asked`);
        }
      },
    },
    {
      name: "is asked by the first form of each call where no catalog is named",
      async run({ open, control }) {
        const connection = open({ catalog: undefined, schema: undefined });
        ok((await connection.schemas()).includes("tpch"), "the schemas are there");
        ok((await connection.tables({ schema: "tpch" })).includes("nation"), "the tables are there");
        equal((await connection.columns("nation", { schema: "tpch" })).length, 4);
        ok((await connection.dryRun("select 1")) !== "", "the plan is there");
        await rejects(connection.tables(), { code: "INVALID_OPTION" });
        const rpcs = await control.rpcs();
        for (const rpc of ["getSchemaNames", "getTables", "getColumns", "dryRun"]) {
          ok(rpcs.includes(`blue ${rpc}`), `${rpc} was asked`);
        }
      },
    },
    {
      name: "plans and analyses statements without running them",
      async run({ open, control }) {
        const connection = open();
        ok((await connection.dryRun("select * from nation")).includes("nation"), "the plan names the table");
        await connection.analyzeQuery("select * from nation");
        await rejects(connection.dryRun("select nonsense from nation"), { code: "SQL_ERROR" });
        await rejects(connection.analyzeQuery("select nonsense from nation"), { code: "SQL_ERROR" });
        await rejects(connection.dryRun(""), { code: "INVALID_PARAMETER" });
        ok(
          (await control.rpcs()).every((rpc) => !rpc.includes("execute")),
          "nothing was run",
        );
      },
    },
    {
      name: "finds a planner, and tells why it waits for one",
      async run({ open, control }) {
        await control.queue({ waits: 2 });
        const waits: PlannerWait[] = [];
        const planner = await open().identifyPlanner("select 1", { onWait: (wait) => waits.push(wait) });
        like(waits, [{ reason: "planner-scale-up" }, { reason: "planner-scale-up" }]);
        ok(planner.plannerIp !== "" && planner.queryId !== "", "there is a planner");
        ok(planner.elapsedMs > 0, "it says how long that took");
      },
    },
    {
      name: "sets properties of the session, and of the next one on either stack",
      async run({ open, control }) {
        const connection = open();
        const properties = async () => (await control.sessions()).map(({ stack, props }) => [stack, props]);
        await connection.setProperties({ zone: "UTC", depth: 3 });
        equal(await properties(), [["blue", { zone: "UTC", depth: 3 }]]);
        await control.switch("green");
        await connection.query("select 1");
        ok(
          (await properties()).some(([stack, props]) => stack === "green" && Object.keys(props ?? {}).length === 2),
          "green knows them",
        );
        await rejects(connection.setProperties([] as never), { code: "INVALID_PARAMETER" });
      },
    },
    {
      name: "adds catalogs and says which could not be added",
      async run({ open }) {
        const connection = open();
        const name = `reports_${Date.now().toString(36)}_${Math.random().toString(36).slice(2)}`;
        const definitions = { catalogs: [{ name, type: "memory", schemas: ["daily"] }] };
        equal(await connection.addCatalogs(definitions), { status: "success", failures: [] });
        ok((await connection.schemas({ catalog: name })).includes("daily"), "the new catalog is there");
        const outcome = await connection.addCatalogs({ catalogs: [{ name: "sample", type: "memory" }] });
        like(outcome, { status: "failed", failures: [{ name: "sample", type: "CATALOG" }] });
      },
    },
    {
      name: "is read anew, and a schema brought into step",
      async run({ open, control }) {
        const connection = open();
        await connection.refreshCatalogs();
        await connection.syncSchemas({ schema: "sales", replace: true });
        await rejects(connection.syncSchemas({ schema: "nowhere" }), { code: "SQL_ERROR" });
        ok((await control.rpcs()).includes("blue syncSchemas"), "the engine was asked");
      },
    },
    {
      name: "never makes a change twice: it says that the answer was lost",
      async run({ open, control }) {
        await control.faults({ rpc: "refreshCatalogs", form: "drop-answer" });
        await rejects(open().refreshCatalogs(), { code: "SUBMISSION_UNKNOWN", retryable: false });
        equal((await control.rpcs()).filter((rpc) => rpc.endsWith("refreshCatalogs")).length, 1);
      },
    },
    {
      name: "gives back what is kept for the session, and answers a ping",
      async run({ open, control }) {
        const connection = open();
        await connection.ping();
        await connection.dropUserContext();
        equal((await control.rpcs()).slice(-2), ["blue healthCheck", "blue dropUserContext"]);
      },
    },
    {
      name: "takes an engine that does not know the ping for one that answers",
      async run({ open, control }) {
        await control.faults({ rpc: "healthCheck", form: "unimplemented" });
        await open().ping();
      },
    },
    {
      name: "refuses what no call knows",
      async run({ open }) {
        const connection = open();
        const surprise = { surprise: 1 } as object;
        for (const work of [
          connection.ping(surprise),
          connection.catalogs(surprise),
          connection.schemas(surprise),
          connection.tables(surprise),
          connection.columns("nation", surprise),
          connection.dryRun("select 1", surprise),
          connection.analyzeQuery("select 1", surprise),
          connection.identifyPlanner("select 1", surprise),
          connection.setProperties({}, surprise),
          connection.refreshCatalogs(surprise),
          connection.addCatalogs({}, surprise),
          connection.syncSchemas(surprise),
          connection.dropUserContext(surprise),
          connection.cluster.status(surprise),
          connection.cluster.suspend(surprise),
          connection.cluster.resume(surprise),
          connection.cluster.resumeAndWait(surprise),
        ]) {
          await rejects(work, { code: "INVALID_OPTION" });
        }
      },
    },
  ],
};
