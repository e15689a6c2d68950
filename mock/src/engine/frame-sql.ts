import type { FrameAggregate, FrameStep } from "./engine.ts";
import { quoteName } from "./type-sql.ts";

/** The query that does a step on the rows of another one, whose order it keeps where it sets none. */
export function stepSql(rows: string, step: FrameStep): string {
  const from = `FROM (\n${rows}\n) AS frame`;
  switch (step.kind) {
    case "project":
      return `SELECT ${names(step.columns)} ${from}`;
    case "aggregate": {
      const selected = [...step.groupBy.map(quoteName), ...step.aggregates.map(aggregateSql)].join(", ");
      return `SELECT ${selected} ${from}${step.groupBy.length > 0 ? ` GROUP BY ${names(step.groupBy)}` : ""}`;
    }
    case "filter":
      // A line of its own: the expression may end with a comment.
      return `SELECT * ${from} WHERE (\n${step.where}\n)`;
    case "order":
      return `SELECT * ${from} ORDER BY ${step.by
        .map(({ column, descending }) => `${quoteName(column)} ${descending ? "DESC" : "ASC"}`)
        .join(", ")}`;
    case "limit":
      return `SELECT * ${from} LIMIT ${step.rows}`;
  }
}

function names(columns: readonly string[]): string {
  return columns.map(quoteName).join(", ");
}

// Functions are named in full: a macro of a user's must not stand in for them.
function aggregateSql({ column, function: name }: FrameAggregate): string {
  const of = quoteName(column);
  switch (name) {
    case "SUM":
      return `system.main.sum(${of}) AS ${quoteName(`sum(${column})`)}`;
    case "COUNT":
      return `system.main.count(${of}) AS ${quoteName(`count(${column})`)}`;
    case "COUNT_STAR":
      return 'system.main.count(*) AS "count_star()"';
    case "COUNT_DISTINCT":
      return `system.main.count(DISTINCT ${of}) AS ${quoteName(`count(DISTINCT ${column})`)}`;
  }
}
