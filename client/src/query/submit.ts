import { E6Error, isE6Error } from "../error.ts";
import { QueryEngineService } from "../gen/e6x_engine_pb.ts";
import type { SessionRoute } from "../session/engine-access.ts";
import { waitFor } from "../transport/cancellation.ts";
import { asQueryFailure } from "./interruption.ts";
import { onPin, type Pin, pinQuery } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";
import type { QueryPlan } from "./query-plan.ts";
import { releaseTimeoutMs } from "./releases.ts";

const { prepareStatement, prepareStatementV2, executeStatement, executeStatementV2 } = QueryEngineService.method;

/** Prepares and executes a statement on one stack: from here on the query lives there. */
export async function submit(context: QueryContext, plan: QueryPlan, route: SessionRoute): Promise<Pin> {
  const features = context.features(route.session);
  const { text, values } = plan.bind(features.bindsValues ? "engine" : "client");
  plan.report?.({ type: "planning" }, { strategy: route.strategy });
  const pin = await prepare(context, plan, route, text);
  try {
    const options = onPin(pin, plan.scope);
    await (values.length === 0
      ? context.call(executeStatement, pin.request, options)
      : context.call(executeStatementV2, { ...pin.request, params: [...values] }, options));
    return pin;
  } catch (error) {
    void context.releases.start(pin, !isSqlError(error));
    if (values.length > 0 && isE6Error(error) && error.code === "UNSUPPORTED") {
      // An engine that binds nothing has run nothing: the values are written into the text instead.
      features.bindsValues = false;
      return await submit(context, plan, route);
    }
    throw asQueryFailure(error, "execute", pin, plan.readOnly, 0);
  }
}

/** True if the engine itself has ended the query. */
export function isSqlError(error: unknown): boolean {
  return isE6Error(error) && error.code === "SQL_ERROR";
}

async function prepare(
  { call, releases }: QueryContext,
  { catalog, schema, scope }: QueryPlan,
  route: SessionRoute,
  text: string,
): Promise<Pin> {
  // The call outlives an abort: only its answer tells which query to cancel. So it ends by a signal of its own, and later.
  const giveUp = new AbortController();
  const options = { route, signal: giveUp.signal, timeoutMs: scope.remainingMs(releaseTimeoutMs) };
  const preparing = (
    catalog === ""
      ? call(prepareStatement, { schema, queryString: text }, options)
      : call(prepareStatementV2, { schema, catalog, queryString: text }, options)
  ).then((prepared) => {
    if (prepared.queryId !== "") return pinQuery(route, prepared);
    const { strategy } = route;
    throw new E6Error("INTERNAL", "the engine prepared the statement without giving it an id", { strategy });
  });
  try {
    return await waitFor(preparing, scope.signal);
  } catch (error) {
    if (scope.signal.aborted) releases.startLate(preparing, giveUp);
    throw error;
  }
}
