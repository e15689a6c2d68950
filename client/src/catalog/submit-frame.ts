import { isE6Error } from "../error.ts";
import { createDataFrame, executeDataFrame } from "../gen/e6x_engine_tables.ts";
import type { Settings } from "../options.ts";
import type { Pin } from "../query/pin.ts";
import type { Releases } from "../query/releases.ts";
import type { SessionRoute } from "../session/engine-access.ts";
import { makePin } from "../session/make-pin.ts";
import type { CallOptions, EngineCaller } from "../transport/engine-caller.ts";

/** Where a data frame takes its rows from. */
export type FrameSource = {
  /** Default: the connection's, else the engine's. */
  readonly catalog?: string | undefined;
  /** Default: the connection's, else the engine's. */
  readonly schema?: string | undefined;
} & (
  | { readonly table: string; readonly parquet?: undefined }
  /** A path as the engine reads it. */
  | { readonly parquet: string; readonly table?: undefined }
);

/** What every call about a data frame says of it. */
export interface FrameRequest {
  readonly queryId: string;
  readonly engineIP: string;
  readonly dataframeNumber: number;
}

/** One step: a call that changes the frame at the engine. */
export type FrameStep = (frame: FrameRequest, call: EngineCaller, options: CallOptions) => Promise<unknown>;

/** What submitting a frame works with: a part of what queries run on. */
export interface SubmitContext {
  readonly call: EngineCaller;
  /** Where the names of a source are looked up that says nothing of it. */
  readonly settings: Pick<Settings, "catalog" | "schema">;
  readonly releases: Pick<Releases, "startLate"> & { start(pin: Pin, cancel: boolean): unknown };
}

/**
 * Creates and executes the frame on one stack; the result is then read as any query's. A frame only reads: after any
 * failure it may be submitted again, here or elsewhere.
 */
export type SubmitFrame = (context: SubmitContext, route: SessionRoute, signal: AbortSignal) => Promise<Pin>;

/** Does what {@link SubmitFrame} says. What was created is given back where a later step fails. */
export async function submitFrame(
  context: SubmitContext,
  source: FrameSource,
  steps: readonly FrameStep[],
  route: SessionRoute,
  signal: AbortSignal,
): Promise<Pin> {
  const dataframeNumber = route.session.nextFrame();
  const pin = await createFrame(context, source, dataframeNumber, route, signal);
  const frame = { ...pin.request, dataframeNumber };
  const options = { route: pin.route, queryId: pin.queryId, signal };
  try {
    for (const step of steps) {
      await step(frame, context.call, options);
    }
    await context.call(executeDataFrame, frame, options);
    return pin;
  } catch (error) {
    // A frame that the engine itself has ended has nothing left to be stopped.
    context.releases.start(pin, !isE6Error(error) || error.code !== "SQL_ERROR");
    throw error;
  }
}

async function createFrame(
  { call, settings, releases }: SubmitContext,
  source: FrameSource,
  dataframeNumber: number,
  route: SessionRoute,
  signal: AbortSignal,
): Promise<Pin> {
  const { catalog = settings.catalog, schema = settings.schema, table = "", parquet } = source;
  const engineIP = route.session.engineIp;
  const from = { catalog, schema, table, createFromParquet: parquet !== undefined, parquetFilePath: parquet ?? "" };
  const home = { ...route, plannerIp: engineIP };
  return await makePin(releases, route, signal, "created the data frame", async (signal) => ({
    ...(await call(createDataFrame, { ...from, engineIP, dataframeNumber }, { route: home, signal })),
    engineIP,
  }));
}
