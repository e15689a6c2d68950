import duckdb from "@duckdb/node-bindings";
import { encodeChunk } from "../encode/chunk.ts";
import type { ChunkColumn } from "../encode/chunk-column.ts";
import { dataForms } from "../encode/data-form.ts";
import { textSize } from "../encode/text.ts";
import type { VectorSlice } from "../encode/vector-slice.ts";
import type { DuckDbConnection } from "./duckdb-connection.ts";
import { SqlError } from "./engine.ts";
import type { ResultColumn } from "./result-column.ts";
import { shownZone } from "./result-column.ts";
import { resultTable } from "./result-table.ts";
import { readPointer, vectorSlice } from "./vector-memory.ts";

/** How large a batch may be. */
export interface BatchLimits {
  /** The most rows. */
  readonly rows: number;
  /** About the most bytes; one row always fits. */
  readonly bytes: number;
}

/** No message of gRPC may be larger. */
const maxMessageBytes = 2 ** 31 - 1;

/** Rows of one chunk: the chunk is held, since the slices lie in its memory. */
interface Piece {
  readonly chunk: duckdb.DataChunk;
  readonly slices: readonly VectorSlice[];
  readonly size: number;
}

/** Reads the result table from its first row to its last, a batch at a time. Nothing is encoded before it is asked for. */
export class BatchReader {
  readonly #connection: DuckDbConnection;
  readonly #columns: readonly ResultColumn[];
  readonly #limits: BatchLimits;
  #stream: duckdb.Result | undefined;
  #piece: Piece | undefined;
  #from = 0;
  #left: bigint;

  constructor(connection: DuckDbConnection, columns: readonly ResultColumn[], rowCount: bigint, limits: BatchLimits) {
    this.#connection = connection;
    this.#columns = columns;
    this.#limits = limits;
    this.#left = rowCount;
  }

  /** The bytes of the next batch; empty at the end. */
  async next(): Promise<Uint8Array> {
    const taken: { piece: Piece; from: number; count: number }[] = [];
    let rows = 0;
    let bytes = 0;
    while (rows < this.#limits.rows && this.#left > 0n) {
      const piece = await this.#currentPiece();
      const fit = this.#rowsThatFit(piece, this.#limits.rows - rows, this.#limits.bytes - bytes, rows === 0);
      if (fit.rows === 0) {
        break;
      }
      taken.push({ piece, from: this.#from, count: fit.rows });
      this.#from += fit.rows;
      this.#left -= BigInt(fit.rows);
      rows += fit.rows;
      bytes += fit.bytes;
    }
    return rows === 0 ? new Uint8Array(0) : this.#encode(taken, rows);
  }

  async #currentPiece(): Promise<Piece> {
    if (this.#piece !== undefined && this.#from < this.#piece.size) {
      return this.#piece;
    }
    this.#stream ??= await this.#open();
    const chunk = await this.#connection.fetch(this.#stream);
    if (chunk === undefined) {
      throw new SqlError("Internal Error: the result ended before its last row");
    }
    const size = duckdb.data_chunk_get_size(chunk);
    const slices = this.#columns.map(({ width }, i) => vectorSlice(chunk, i, width, size));
    this.#piece = { chunk, slices, size };
    this.#from = 0;
    return this.#piece;
  }

  async #open(): Promise<duckdb.Result> {
    const prepared = await this.#connection.prepare(`SELECT * FROM temp.main.${resultTable}`);
    return await this.#connection.stream(prepared);
  }

  #rowsThatFit(piece: Piece, maxRows: number, maxBytes: number, first: boolean): { rows: number; bytes: number } {
    const most = Math.min(maxRows, piece.size - this.#from);
    let rows = 0;
    let bytes = 0;
    while (rows < most) {
      const size = this.#rowSize(piece, this.#from + rows);
      if (bytes + size > maxBytes && !(first && rows === 0)) {
        break;
      }
      bytes += size;
      rows++;
    }
    return { rows, bytes };
  }

  #rowSize({ slices }: Piece, row: number): number {
    let size = 0;
    for (const [i, { type, width }] of this.#columns.entries()) {
      const slice = slices[i];
      const isText = type !== "NULL" && dataForms[type] === dataForms.STRING;
      size += 1 + (isText && slice !== undefined ? textSize(slice, row) : width);
    }
    return size;
  }

  #encode(taken: readonly { piece: Piece; from: number; count: number }[], rows: number): Uint8Array {
    const columns = this.#columns.map((column, i): ChunkColumn => {
      const slices = taken.flatMap(({ piece, from, count }) => {
        const slice = piece.slices[i];
        return slice === undefined ? [] : [{ ...slice, from, count }];
      });
      const zone = column.type === "TIMESTAMP_TZ" ? { zone: shownZone } : {};
      return { type: column.type, scale: column.scale, slices, ...zone };
    });
    try {
      return encodeChunk(columns, rows, readPointer, maxMessageBytes);
    } catch (cause) {
      throw new SqlError("Out of Range Error: a row is too large for one message: select less of it", { cause });
    }
  }
}
