import { E6Error, isE6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import { status } from "../gen/e6x_engine_tables.ts";
import type { SessionRoute } from "../session/engine-access.ts";
import { pinQuery } from "../session/make-pin.ts";
import { StackSession } from "../session/stack-session.ts";
import { onPin, type Pin, placeOf } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";
import type { QueryHandle } from "./query-handle.ts";
import type { AttachOptions } from "./query-options.ts";
import { planAttachment, type QueryTerms } from "./query-plan.ts";
import { RunningQuery } from "./running-query.ts";
import { orSettle } from "./start-query.ts";
import { Submission } from "./submission.ts";

/** The query is gone, its stack lets nobody in, or its session is gone and no other may read it. */
const stale: ReadonlySet<E6ErrorCode> = new Set(["NOT_FOUND", "STRATEGY_MISMATCH", "SESSION_EXPIRED"]);

/** Goes on with the query of a handle, which may come from anywhere, once the engine has said that it still has it. */
export async function attachQuery(
  context: QueryContext,
  given: unknown,
  options: AttachOptions,
): Promise<RunningQuery> {
  const { handle, ...terms } = planAttachment(context, given, options);
  return await orSettle(terms, async () => {
    const pin = await findQuery(context, terms, handle);
    const submission = new Submission(context, terms, undefined, pin);
    terms.report?.({ type: "running" }, placeOf(pin));
    return new RunningQuery(context, terms, submission, handle.rowsDelivered);
  });
}

async function findQuery(context: QueryContext, terms: QueryTerms, handle: QueryHandle): Promise<Pin> {
  const { strategy, sessionId = "" } = handle;
  const { scope, report, traceparent } = terms;
  const ask = async (route: SessionRoute) => {
    const pin = pinQuery({ ...route, traceparent }, handle);
    await context.call(status, pin.request, onPin(pin, scope)).catch((error: unknown) => {
      // An engine without this call has answered all the same.
      if (!isE6Error(error) || error.code !== "UNSUPPORTED") throw error;
    });
    return pin;
  };
  // A bearer token needs no session: nobody has to be let in on the stack.
  const isBearer = context.settings.credentials.kind === "bearer";
  const session = isBearer || sessionId !== "" ? new StackSession(strategy, isBearer ? "" : sessionId) : undefined;
  return await context.access
    .run(ask, { signal: scope.signal, onWait: report, home: { strategy, session } })
    .catch((error: unknown) => {
      throw isE6Error(error) && stale.has(error.code) ? staleError(error, handle) : error;
    });
}

function staleError(cause: E6Error, { queryId, strategy }: QueryHandle): E6Error {
  return new E6Error("STALE_HANDLE", "the query of the handle can no longer be reached", {
    cause,
    queryId,
    strategy,
    hint: "run the query again",
  });
}
