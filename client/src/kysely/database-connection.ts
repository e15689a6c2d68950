import type { AbortableOperationOptions, CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import type { Dialect, QueryResult as EngineResult, ParamValue } from "../index.ts";
import type { StatementOptions } from "./dialect-options.ts";
import type { HeldConnection } from "./held-connection.ts";

/**
 * What Kysely runs its statements on. It has no state of its own, so that one serves any number of them at a time.
 *
 * A signal ends a statement at the engine too, whatever the strategy. Kysely has answered its caller by then, with the signal's reason.
 */
export function createDatabaseConnection<D extends Dialect, Made>(
  held: HeldConnection,
  options: StatementOptions<D, Made>,
): DatabaseConnection {
  const { prefetchBytes: _, ...queryOptions } = options;
  return {
    async executeQuery<Row>(query: CompiledQuery, { signal }: AbortableOperationOptions = {}) {
      try {
        const { sql, parameters } = statementOf(query);
        return readResult<Row>(query, await held.get().query(sql, parameters, { ...queryOptions, signal }));
      } catch (error) {
        // Nobody waits any more. A rejection would be printed to the console, as a failure in the background.
        if (signal?.aborted) return { rows: [] };
        throw error;
      }
    },
    async *streamQuery<Row>(query: CompiledQuery, chunkSize: number, { signal }: AbortableOperationOptions = {}) {
      try {
        const { sql, parameters } = statementOf(query);
        const stream = await held.get().stream(sql, parameters, { ...options, signal });
        let rows: Record<string, unknown>[] = [];
        for await (const row of stream.objects()) {
          // A size that is no number holds nothing back.
          if (rows.push(row) < chunkSize) continue;
          yield { rows: asRows<Row>(rows) };
          rows = [];
        }
        if (rows.length > 0) yield { rows: asRows<Row>(rows) };
      } catch (error) {
        // As above.
        if (!signal?.aborted) throw error;
      }
    },
    // Its being here lets callers ask for "cancel query"; the signal, which executeQuery() got, has told the engine already.
    cancelQuery: async () => undefined,
  };
}

/** A text without values goes to the engine as it is: what looks like a placeholder there is none of ours. */
function statementOf({ sql, parameters }: CompiledQuery) {
  // Kysely lets any value through; the client refuses by name what cannot be a parameter.
  return { sql, parameters: parameters.length === 0 ? undefined : (parameters as readonly ParamValue[]) };
}

type AnyResult = Pick<EngineResult, "fields" | "rowCount" | "rows" | "objects">;

function readResult<Row>({ query }: CompiledQuery, result: AnyResult): QueryResult<Row> {
  const numAffectedRows = writes.has(query.kind) ? countIn(result) : undefined;
  return numAffectedRows === undefined ? { rows: asRows(result.objects()) } : { numAffectedRows, rows: [] };
}

const writes: ReadonlySet<string> = new Set([
  "InsertQueryNode",
  "UpdateQueryNode",
  "DeleteQueryNode",
  "MergeQueryNode",
]);

/** How many rows a write has touched: the engine answers it with that number alone. */
function countIn(result: AnyResult): bigint | undefined {
  if (result.rowCount !== 1 || result.fields.length !== 1) return undefined;
  const count = String(result.rows({ dialect: "exact", convert: {} })[0]?.[0]);
  return /^\d+$/.test(count) ? BigInt(count) : undefined;
}

/** What rows hold, Kysely's caller has said by the types of the database. */
function asRows<Row>(rows: readonly Readonly<Record<string, unknown>>[]): Row[] {
  return rows as Row[];
}
