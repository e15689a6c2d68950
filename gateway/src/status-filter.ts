import type { AccessLogFilter } from "./envoy-config.ts";

/** Answers of Envoy's own with this HTTP status, or with this one or a higher one. */
export function statusFilter(op: "EQ" | "GE", status: number): AccessLogFilter {
  const value = { default_value: status, runtime_key: `e6.local_reply.${op.toLowerCase()}_${status}` };
  return { status_code_filter: { comparison: { op, value } } };
}
