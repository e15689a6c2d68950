/** DuckDB's profile of a query without what the engine put around it: its SQL, and the table that keeps the result. */
export function ownProfile(profile: unknown): unknown {
  if (!isRecord(profile)) {
    return profile;
  }
  const { query_name: _sql, children, ...totals } = profile;
  return { ...totals, children: ownOperators(children) };
}

const aroundOperators: ReadonlySet<unknown> = new Set(["EXPLAIN_ANALYZE", "CREATE_TABLE_AS", "BATCH_CREATE_TABLE_AS"]);

function ownOperators(children: unknown): unknown {
  const only: unknown = Array.isArray(children) && children.length === 1 ? children[0] : undefined;
  return isRecord(only) && aroundOperators.has(only["operator_type"]) ? ownOperators(only["children"]) : children;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
