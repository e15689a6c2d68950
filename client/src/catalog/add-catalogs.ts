import { E6Error, type E6ErrorDetails, isE6Error, knownPlace } from "../error.ts";
import * as engine from "../gen/e6x_engine_tables.ts";
import { type CallLimits, readCallOptions } from "../transport/call-limits.ts";
import { waitFor } from "../transport/cancellation.ts";
import type { CallOptions } from "../transport/engine-caller.ts";
import { isPassingFailure } from "../transport/passing-failure.ts";
import { writeJsonObject } from "./json-object.ts";
import { type CatalogContext, onceOnly } from "./new-work.ts";

/** Something that the engine could not add. */
export interface CatalogFailure {
  readonly name: string;
  /** What it is: a catalog, a schema, a table. */
  readonly type: string;
  readonly reason: string;
}

/** How adding catalogs ended. Look at it: failures do not reject. */
export interface AddCatalogsOutcome {
  /** `failed` if anything is missing; `failures` says what. */
  readonly status: "success" | "failed";
  /** What could not be added, and why. */
  readonly failures: readonly CatalogFailure[];
}

const shortestPauseMs = 200;
const longestPauseMs = 5_000;
const defaultTimeoutMs = 300_000;
/** Any other word means that the engine is still at work, but for `none`: it knows of no order of this session. */
const lastWords: Readonly<Record<string, AddCatalogsOutcome["status"]>> = {
  success: "success",
  failed: "failed",
  error: "failed",
};

/**
 * Adds catalogs, described in JSON as the engine wants it: `{ catalogs: [{ name, type, … }] }`. Waits until the engine has
 * read them, five minutes at most where its limits do not say otherwise. Rejects with `SUBMISSION_UNKNOWN` where the
 * engine may have taken the order and its outcome could not be learnt.
 */
export async function addCatalogs(
  context: CatalogContext,
  definitions: object,
  options: CallLimits = {},
): Promise<AddCatalogsOutcome> {
  const limits = readCallOptions(options, "addCatalogs()");
  const isLimited = limits.timeoutMs !== undefined || limits.deadline !== undefined;
  const json = writeJsonObject(definitions, "the definitions of addCatalogs()");
  return await onceOnly(
    "addCatalogs",
    context,
    isLimited ? limits : { ...limits, timeoutMs: defaultTimeoutMs },
    async (call) => {
      await context.call(engine.addCatalogs, { json }, call);
      return await waitForOutcome(context, call);
    },
  );
}

/** The engine knows the outcome by the session that gave the order: nobody else is asked. */
async function waitForOutcome({ call, runtime }: CatalogContext, options: CallOptions): Promise<AddCatalogsOutcome> {
  for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const answer = await call(engine.getAddCatalogsResponse, {}, options).catch(asUnknownOutcome);
    const word = answer?.status.trim().toLowerCase() ?? "";
    if (word === "none") {
      throw unknownOutcome({});
    }
    const status = lastWords[word];
    if (answer !== undefined && status !== undefined) {
      return { status, failures: answer.failures.map(({ name, type, reason }) => ({ name, type, reason })) };
    }
    await waitFor(runtime.sleep(pauseMs, options.signal), options.signal);
  }
}

/** The order was taken: what lets other work begin again must not do so here. A question that was lost is asked again. */
function asUnknownOutcome(error: unknown): undefined {
  if (isPassingFailure(error)) {
    return undefined;
  }
  if (!isE6Error(error) || error.code === "CANCELLED" || error.code === "CLOSED") {
    throw error;
  }
  throw unknownOutcome({ cause: error, ...knownPlace(error) });
}

function unknownOutcome(details: E6ErrorDetails): E6Error {
  const hint = "look at catalogs() before you add them again";
  return new E6Error("SUBMISSION_UNKNOWN", "catalogs are being added, and the outcome could not be learnt", {
    ...details,
    hint,
  });
}
