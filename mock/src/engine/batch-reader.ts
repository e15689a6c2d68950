import duckdb from "@duckdb/node-bindings";
import { encodeChunk } from "../encode/chunk.ts";
import type { ChunkColumn } from "../encode/chunk-column.ts";
import type { VectorSlice } from "../encode/vector-slice.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import { type ResultColumn, shownZone } from "./result-column.ts";
import { resultTable } from "./result-table.ts";
import { type RowMeasure, rowMeasure } from "./row-measure.ts";
import { readPointer, vectorSlice } from "./vector-memory.ts";

/** How large a batch may be. */
export interface BatchLimits {
  /** The most rows. */
  readonly rows: number;
  /** About the most bytes; one row always fits. */
  readonly bytes: number;
}

/** Nothing of gRPC carries more. */
const maxMessageBytes = 2 ** 31 - 1;

/** One of DuckDB's chunks. It is held as long as its slices are used, since they lie in its memory. */
interface HeldChunk {
  readonly chunk: duckdb.DataChunk;
  readonly slices: readonly VectorSlice[];
  readonly size: number;
}

/** A run of rows of a chunk. */
interface RowRun {
  readonly held: HeldChunk;
  readonly from: number;
  readonly count: number;
}

/**
 * Reads the result table from its first row to its last, a batch at a time. Nothing is read or encoded before it is asked
 * for; with the last row the table is dropped.
 */
export class BatchReader {
  readonly #connection: DuckDbConnection;
  readonly #columns: readonly ResultColumn[];
  readonly #limits: BatchLimits;
  readonly #measure: RowMeasure;
  #stream: duckdb.Result | undefined;
  #held: HeldChunk | undefined;
  #from = 0;
  #left: bigint;

  constructor(connection: DuckDbConnection, columns: readonly ResultColumn[], rowCount: bigint, limits: BatchLimits) {
    this.#connection = connection;
    this.#columns = columns;
    this.#limits = limits;
    this.#measure = rowMeasure(columns);
    this.#left = rowCount;
  }

  /** Whether every row was read: then the table is gone. */
  get isAtEnd(): boolean {
    return this.#left === 0n;
  }

  /** The bytes of the next batch; empty at the end. */
  async next(): Promise<Uint8Array> {
    const runs: RowRun[] = [];
    let rows = 0;
    let bytes = this.#limits.bytes;
    while (rows < this.#limits.rows && this.#left > 0n) {
      const held = await this.#currentChunk();
      const most = Math.min(this.#limits.rows - rows, held.size - this.#from);
      const fit = this.#measure(held.slices, this.#from, most, bytes);
      const count = fit.rows === 0 && rows === 0 ? 1 : fit.rows;
      if (count === 0) {
        break;
      }
      runs.push({ held, from: this.#from, count });
      this.#from += count;
      this.#left -= BigInt(count);
      rows += count;
      bytes -= fit.bytes;
    }
    const batch = rows === 0 ? new Uint8Array(0) : this.#encode(runs, rows);
    await this.#releaseAtEnd();
    return batch;
  }

  async #currentChunk(): Promise<HeldChunk> {
    if (this.#held !== undefined && this.#from < this.#held.size) {
      return this.#held;
    }
    this.#stream ??= await this.#open();
    const chunk = await this.#connection.fetch(this.#stream);
    if (chunk === undefined) {
      throw new SqlError("Internal Error: the result ended before its last row");
    }
    const size = duckdb.data_chunk_get_size(chunk);
    const slices = this.#columns.map(({ width }, i) => vectorSlice(chunk, i, width, size));
    this.#held = { chunk, slices, size };
    this.#from = 0;
    return this.#held;
  }

  async #open(): Promise<duckdb.Result> {
    const prepared = await this.#connection.prepare(`SELECT * FROM ${resultTable}`);
    return await this.#connection.stream(prepared);
  }

  #encode(runs: readonly RowRun[], rows: number): Uint8Array {
    const columns = this.#columns.map(({ type, scale }, i): ChunkColumn => {
      const slices = runs.flatMap(({ held, from, count }) => {
        const slice = held.slices[i];
        return slice === undefined ? [] : [{ ...slice, from, count }];
      });
      return type === "TIMESTAMP_TZ" ? { type, scale, slices, zone: shownZone } : { type, scale, slices };
    });
    try {
      return encodeChunk(columns, rows, readPointer, maxMessageBytes);
    } catch (cause) {
      throw new SqlError("Out of Range Error: a row is too large for one message: select less of it", { cause });
    }
  }

  async #releaseAtEnd(): Promise<void> {
    if (this.#left === 0n && this.#stream !== undefined) {
      this.#stream = undefined;
      this.#held = undefined;
      await this.#connection.release(`DROP TABLE IF EXISTS ${resultTable}`);
    }
  }
}
