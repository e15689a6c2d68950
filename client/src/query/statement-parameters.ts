import type { InSchema } from "../catalog/names.ts";
import { getDynamicParams } from "../gen/e6x_engine_tables.ts";
import type { SessionRoute } from "../session/engine-access.ts";
import { readStatement } from "../sql/bind-statement.ts";
import type { SqlStatement } from "../sql/sql-template.ts";
import { runWithin } from "../transport/call-limits.ts";
import { onPin } from "./pin.ts";
import { prepare } from "./prepare.ts";
import type { QueryContext } from "./query-context.ts";
import { checkOptions } from "./query-options.ts";
import { checkStatement } from "./query-plan.ts";

/** A place in a statement where a value belongs, as the engine sees it. */
export interface StatementParameter {
  /** Which one it is, from 0. */
  readonly index: number;
  /** The type that the engine finds for it, in its own words. */
  readonly type: string;
}

/** Lets the engine prepare a statement and tell its placeholders; the statement is not run, and given back at once. */
export async function readParameters(
  context: QueryContext,
  statement: string | SqlStatement,
  options: InSchema,
): Promise<StatementParameter[]> {
  checkOptions(options, "parameters()");
  const { text } = readStatement(checkStatement(statement), undefined)("engine");
  const { call, access, releases, pins, settings } = context;
  const { catalog = settings.catalog, schema = settings.schema } = options;
  return await runWithin(context, options, (signal, remainingMs) => {
    const scope = { signal, remainingMs };
    const plan = { catalog, schema, awaitPlanner: false, report: undefined, scope };
    const ask = async (route: SessionRoute) => {
      const pin = await prepare(context, plan, route, text);
      pins.hold(pin);
      try {
        const { params } = await call(getDynamicParams, pin.request, onPin(pin, scope));
        return params.map(({ index, type }) => ({ index, type }));
      } finally {
        void releases.start(pin, false).finally(() => pins.release(pin));
      }
    };
    return access.run(ask, { signal }, "prepare");
  });
}
