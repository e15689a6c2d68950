import { type Connection, connect, isE6Error } from "e6data-web";
import { type Collector, createCollector } from "./collector.ts";
import { type DeploymentWatch, watchDeployment } from "./deployment-watch.ts";
import { errorText } from "./error-text.ts";
import { batchRows, createJobs, traceOf } from "./jobs.ts";
import { createPace, type Pace } from "./pace.ts";
import { readStored } from "./read-stored.ts";
import { type JobContext, type Progress, readPaced, runJob } from "./run-job.ts";
import { createTelemetry } from "./telemetry.ts";
import { type JobKind, type Outcome, type TabOptions, type Work, writeKinds } from "./told.ts";
import { watchPlatform } from "./watch-platform.ts";

/** A tab that is connected. */
interface Tab extends JobContext {
  readonly number: number;
  readonly connection: Connection;
  readonly collector: Collector;
  readonly deployment: DeploymentWatch;
}

let tab: Tab | undefined;
let isStopped = false;

globalThis.stormTab = {
  open(options) {
    tab = openTab(options);
  },
  run: (work) => runAll(opened(), work),
  stop() {
    isStopped = true;
  },
  stored: readStored,
  pins: () => opened().connection.strategy.pins.length,
};

function opened(): Tab {
  if (tab === undefined) throw new Error("open() comes first");
  return tab;
}

function openTab({ tab: number, url, user, token, mark }: TabOptions): Tab {
  const collector = createCollector(async (told) => await globalThis.tellStorm?.({ tab: number, ...told }));
  watchPlatform(collector);
  const telemetry = createTelemetry(collector);
  const connection = connect({ url, user, token, observe: telemetry.observe });
  return { number, mark, collector, telemetry, connection, deployment: watchDeployment(connection, collector) };
}

async function runAll(given: Tab, work: Work): Promise<void> {
  const jobs = createJobs(given.number, work.seed);
  const pace = createPace();
  let begun = 0;
  isStopped = false;
  const lane = async () => {
    while (begun < work.jobs || !isStopped) {
      begun++;
      const job = jobs.next().value;
      await runTold(given, job.kind, job.trace, (progress) => runJob(given, job, progress));
      pace.allow(Math.ceil(work.pacedBatches / work.jobs));
    }
  };
  const paced = work.pacedBatches > 0 ? readBeside(given, work, pace) : undefined;
  await Promise.all(Array.from({ length: work.lanes }, lane));
  pace.allow(work.pacedBatches);
  await paced;
  await given.collector.flush();
}

async function readBeside(given: Tab, { seed, pacedBatches }: Work, pace: Pace): Promise<void> {
  const [trace, rows] = [traceOf(given.number, seed, 0), pacedBatches * batchRows];
  await runTold(given, "paced", trace, (progress) => readPaced(given, trace, rows, progress, () => pace.turn()));
}

/** Runs one job and tells how it ended. */
async function runTold(
  { number, collector, deployment }: Tab,
  kind: JobKind,
  trace: string,
  run: (progress: Progress) => Promise<void>,
): Promise<void> {
  const progress: Progress = { rows: 0, isExact: true, end: "ok" };
  const { due } = deployment;
  const begun = performance.now();
  const failure = await run(progress).then(() => undefined, outcomeOfError);
  collector.outcome({
    ...{ tab: number, trace, kind, begunAt: performance.timeOrigin + begun, tookMs: performance.now() - begun },
    ...(writeKinds.has(kind) && { key: trace }),
    ...(due !== undefined && { due }),
    ...progress,
    ...failure,
  });
  if (failure !== undefined) collector.text("error", failure.error);
}

function outcomeOfError(thrown: unknown): Pick<Outcome, "end"> & Partial<Outcome> & { readonly error: string } {
  const error = errorText(thrown);
  if (!isE6Error(thrown)) return { end: "no error of the client's", error };
  const { code, strategy, rowsDelivered } = thrown;
  return {
    ...{ end: code, error },
    ...(strategy !== undefined && { strategy }),
    ...(rowsDelivered !== undefined && { rowsDelivered }),
  };
}
