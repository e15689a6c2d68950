import type { QueryEvent, ResumeProgress } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects } from "./check.ts";

const resumes = (rpcs: readonly string[]) => rpcs.filter((rpc) => rpc.endsWith("ClusterService/resume")).length;

/** A cluster that sleeps and wakes. */
export const clusters: BehaviourGroup = {
  name: "the cluster",
  cases: [
    {
      name: "is suspended, asked and resumed",
      async run({ open }) {
        const { cluster } = open();
        equal(await cluster.status(), "active");
        equal(await cluster.suspend(), "suspended");
        equal(await cluster.status(), "suspended");
        ok(["resuming", "active"].includes(await cluster.resume()), "it wakes up");
      },
    },
    {
      name: "is woken and waited for, once for all who ask",
      async run({ open, control }) {
        await control.suspend({ resumeMs: 300 });
        const { cluster } = open();
        const progress: ResumeProgress[] = [];
        const onProgress = (step: ResumeProgress) => progress.push(step);
        await Promise.all([cluster.resumeAndWait({ pollMs: 100, onProgress }), cluster.resumeAndWait({ pollMs: 100 })]);
        equal(await cluster.status(), "active");
        ok(progress.length > 0, "the progress was told");
        equal(resumes(await control.rpcs()), 1, "the number of resumes");
      },
    },
    {
      name: "is woken by a query that needs it, once for all who do, and the query says so",
      async run({ open, control }) {
        await control.suspend({ resumeMs: 0 });
        const connection = open();
        const events: QueryEvent[] = [];
        const results = await Promise.all([
          connection.query("select 1", undefined, { onEvent: (event) => events.push(event) }),
          connection.query("select 2"),
        ]);
        equal(
          results.map((result) => result.rows()),
          [[[1]], [[2]]],
        );
        ok(
          events.some(({ type }) => type === "resuming"),
          "the query told that the cluster wakes up",
        );
        equal(resumes(await control.rpcs()), 1, "the number of resumes");
      },
    },
    {
      name: "is left asleep where the connection may not wake it",
      async run({ open, control }) {
        await control.suspend();
        await rejects(open({ autoResume: false }).query("select 1"), { code: "CLUSTER_SUSPENDED" });
        equal(resumes(await control.rpcs()), 0, "the number of resumes");
      },
    },
    {
      name: "says that it could not be resumed",
      async run({ open, control }) {
        await control.suspend({ resumeMs: 0, resumeFails: true });
        const connection = open();
        await rejects(connection.cluster.resumeAndWait({ pollMs: 100 }), { code: "RESUME_FAILED" });
      },
    },
    {
      name: "is not waited for beyond the time that is given",
      async run({ open, control }) {
        await control.suspend({ resumeMs: 60_000 });
        const { cluster } = open();
        await rejects(cluster.resumeAndWait({ pollMs: 100, timeoutMs: 250 }), { code: "RESUME_FAILED" });
        await rejects(cluster.resumeAndWait({ pollMs: 1 }), { code: "INVALID_OPTION" });
        const signal = AbortSignal.abort();
        await rejects(cluster.resumeAndWait({ signal }), { code: "CANCELLED" });
      },
    },
    {
      name: "is asked with the bearer token too",
      async run({ open, control }) {
        equal(await open({ accessToken: "token" }).cluster.status(), "active");
        like((await control.calls()).at(-1), { rpc: "ClusterService/status", authorization: "present" });
      },
    },
  ],
};
