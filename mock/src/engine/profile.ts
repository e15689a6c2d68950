/**
 * DuckDB's profile of a query without what the engine put around it: its SQL, and the table that keeps the result.
 * Nothing where DuckDB has no profile.
 */
export function ownProfile(profile: unknown): unknown {
  if (!isRecord(profile) || !("children" in profile)) {
    return undefined;
  }
  const { query_name: _sql, children, ...totals } = profile;
  return { ...totals, children: ownOperators(children) };
}

/** A profile for statements that DuckDB does not profile: the time (in seconds, as DuckDB's) and the plan. */
export function plainProfile(totalMs: number, plan: string): unknown {
  return { latency: totalMs / 1000, plan };
}

const aroundOperators: ReadonlySet<unknown> = new Set(["EXPLAIN_ANALYZE", "CREATE_TABLE_AS", "BATCH_CREATE_TABLE_AS"]);

function ownOperators(children: unknown): unknown {
  const only: unknown = Array.isArray(children) && children.length === 1 ? children[0] : undefined;
  return isRecord(only) && aroundOperators.has(only["operator_type"]) ? ownOperators(only["children"]) : children;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
