import * as engine from "../gen/e6x_engine_tables.ts";
import { invalidParameter } from "../invalid-parameter.ts";
import { bindStatement, type Params } from "../sql/bind-statement.ts";
import type { SqlStatement } from "../sql/sql-template.ts";
import { checkText } from "./names.ts";
import { type FrameSource, type FrameStep, type SubmitFrame, submitFrame } from "./submit-frame.ts";

/** What a data frame may be aggregated by. `count` of the column `*` counts rows. */
export type Aggregate = "sum" | "count" | "countDistinct";

/** A direction of sorting. */
export type Direction = "asc" | "desc";

/**
 * Rows of a table or a Parquet file, and what is done with them, step by step in the order of the calls. Never changes:
 * each call answers a new one, and nothing is sent before it is run as a query.
 */
export interface DataFrame {
  /** Keeps these columns. */
  select(...columns: string[]): DataFrame;
  /**
   * Keeps the rows that meet a condition in SQL. Values go in the place of placeholders, or into an `` sql`…` ``, as they do
   * in a query; they are written into the condition as literals.
   */
  filter(condition: string | SqlStatement, params?: Params): DataFrame;
  /** Aggregates columns, one or several ways each; by group where {@link groupBy} follows or goes before. */
  aggregate(columns: Readonly<Record<string, Aggregate | readonly Aggregate[]>>): DataFrame;
  /** Groups by columns what the neighbouring {@link aggregate} aggregates. */
  groupBy(...columns: string[]): DataFrame;
  /** Sorts by columns: a name sorts upwards, an object gives directions, in the order of its keys. */
  orderBy(...columns: (string | Readonly<Record<string, Direction>>)[]): DataFrame;
  /** Keeps the first rows. */
  limit(rows: number): DataFrame;
  /**
   * Hands the frame to an engine, as the road of a query does it.
   *
   * @internal
   */
  readonly submit: SubmitFrame;
}

/**
 * Begins a data frame.
 *
 * ```ts
 * dataFrame({ table: "orders" }).groupBy("o_orderstatus").aggregate({ "*": "count" }).orderBy({ o_orderstatus: "desc" });
 * ```
 */
export function dataFrame(source: FrameSource): DataFrame {
  return createFrame(readSource(source), []);
}

interface Aggregation {
  readonly functions?: readonly { readonly key: string; readonly value: engine.AggregateFunction }[];
  readonly groupBy?: readonly string[];
}

/** `open`: an aggregation whose other half may still follow. */
function createFrame(source: FrameSource, steps: readonly FrameStep[], open?: Aggregation): DataFrame {
  const done = open === undefined ? steps : [...steps, aggregateStep(open)];
  const then = (step: FrameStep) => createFrame(source, [...done, step]);
  const aggregate = (half: Aggregation) => {
    const joins = open !== undefined && Object.keys(half).every((key) => !Object.hasOwn(open, key));
    return joins ? createFrame(source, steps, { ...open, ...half }) : createFrame(source, done, half);
  };
  return {
    select(...columns) {
      const field = readColumns(columns, "select()");
      return then((frame, call, options) => call(engine.projectionOnDataFrame, { ...frame, field }, options));
    },
    filter(condition, params) {
      const { text } = bindStatement(condition, params, "client");
      const whereClause = checkText(text, "the condition of filter()", Number.POSITIVE_INFINITY);
      return then((frame, call, options) => call(engine.filterOnDataFrame, { ...frame, whereClause }, options));
    },
    aggregate: (columns) => aggregate({ functions: readAggregates(columns) }),
    groupBy: (...columns) => aggregate({ groupBy: readColumns(columns, "groupBy()") }),
    orderBy(...columns) {
      const orderByFieldMap = readOrder(columns);
      return then((frame, call, options) => call(engine.orderByOnDataFrame, { ...frame, orderByFieldMap }, options));
    },
    limit(rows) {
      const fetchLimit = readLimit(rows);
      return then((frame, call, options) => call(engine.limitOnDataFrame, { ...frame, fetchLimit }, options));
    },
    submit: (context, route, signal) => submitFrame(context, source, done, route, signal),
  };
}

function aggregateStep({ functions = [], groupBy = [] }: Aggregation): FrameStep {
  const what = { aggregateFunctionMap: [...functions], groupBy: [...groupBy] };
  return (frame, call, options) => call(engine.aggregateOnDataFrame, { ...frame, ...what }, options);
}

function readSource(source: FrameSource): FrameSource {
  // Not every caller is compiled by TypeScript.
  const { table, parquet }: { table?: unknown; parquet?: unknown } = source;
  if ((table === undefined) === (parquet === undefined)) {
    throw invalidParameter("dataFrame() needs either a table or a Parquet file", 'pass "table" or "parquet"');
  }
  checkText(table ?? parquet, "the source of dataFrame()");
  return { ...source };
}

function readColumns(columns: readonly string[], where: string): string[] {
  if (columns.length === 0) {
    throw invalidParameter(`${where} names no column`, "name one at least");
  }
  return columns.map((column) => checkText(column, `a column of ${where}`));
}

const functions: Readonly<Record<Aggregate, engine.AggregateFunction>> = {
  sum: engine.AggregateFunction_SUM,
  count: engine.AggregateFunction_COUNT,
  countDistinct: engine.AggregateFunction_COUNT_DISTINCT,
};

function readAggregates(columns: Readonly<Record<string, Aggregate | readonly Aggregate[]>>) {
  readColumns(Object.keys(columns), "aggregate()");
  return Object.entries(columns).flatMap(([key, names]) =>
    [names].flat().map((name) => {
      const value = lookUp(functions, name, "aggregate()");
      return { key, value: key === "*" && name === "count" ? engine.AggregateFunction_COUNT_STAR : value };
    }),
  );
}

const directions: Readonly<Record<Direction, engine.SortDirection>> = {
  asc: engine.SortDirection_ASC,
  desc: engine.SortDirection_DESC,
};

function readOrder(columns: readonly (string | Readonly<Record<string, Direction>>)[]) {
  const entries = columns.flatMap((column): [string, Direction][] =>
    typeof column === "string" ? [[column, "asc"]] : Object.entries(column),
  );
  readColumns(
    entries.map(([key]) => key),
    "orderBy()",
  );
  return entries.map(([key, direction]) => ({ key, value: lookUp(directions, direction, "orderBy()") }));
}

function readLimit(rows: number): number {
  if (!Number.isInteger(rows) || rows < 0 || rows > 2 ** 31 - 1) {
    throw invalidParameter("limit() is not a whole number from 0 to 2147483647", "pass a number of rows");
  }
  return rows;
}

function lookUp<K extends string, V>(table: Readonly<Record<K, V>>, name: K, where: string): V {
  if (!Object.hasOwn(table, name)) {
    throw invalidParameter(`${where} does not know what it was told`, `known are: ${Object.keys(table).join(", ")}`);
  }
  return table[name];
}
