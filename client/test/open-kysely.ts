import { Kysely } from "kysely";
import type { Dialect } from "../src/index.ts";
import { type E6dataDialectOptions, e6dataDialect } from "../src/kysely.ts";
import type { FakeResult } from "./fake-gateway.ts";
import { longResult } from "./long-result.ts";
import { createManualRuntime } from "./manual-runtime.ts";
import { openConnectionOn } from "./open-connection.ts";

/** The tables of every database that a test opens. */
export interface TestDatabase {
  readonly t: { readonly c: bigint; readonly name: string };
}

/** A database on a connection to a gateway of its own, whose stacks answer every query with three fives. */
export function openKysely<D extends Dialect = "exact", Made = never>(
  options: Omit<E6dataDialectOptions<D, Made>, "connection"> = {},
) {
  const open = openConnectionOn(createManualRuntime());
  const { connection } = open;
  const db = new Kysely<TestDatabase>({ dialect: e6dataDialect<D, Made>({ ...options, connection }) });
  return { ...open, db };
}

/** A result of one column of LONG, as one batch of so many rows. */
export function longRows(batch: Uint8Array, rows: number): FakeResult {
  return { metadata: longResult(1, rows).metadata, batches: [batch] };
}
