import { E6Error } from "../error.ts";
import { anyTrue } from "./bools.ts";
import { expectType, readInt32Field, readListHeader, readStruct, thriftType } from "./thrift.ts";
import { readVectorData, type VectorData } from "./vector-data.ts";
import { type ReadableType, vectorTypes } from "./vector-type.ts";
import type { WireCursor } from "./wire-cursor.ts";
import type { WireSource } from "./wire-source.ts";

/** One column of a batch as it lies in the bytes: what it is and where its parts are, nothing of it decoded. */
export interface Vector {
  /** The column's place in the batch, from 0. */
  readonly index: number;
  /** The position of the vector's first byte, for errors. */
  readonly start: number;
  readonly rowCount: number;
  readonly type: ReadableType;
  /** True: one value, or null, stands for every row. */
  readonly constant: boolean;
  /** A byte for each row (one in a constant vector), 1 where it is null. Undefined where nothing is null. */
  readonly nulls: Uint8Array | undefined;
  readonly data: VectorData | undefined;
}

/** Field numbers of the engine's struct `Vector`. `zoneOffset` (6) and `format` (7) repeat the metadata and are skipped. */
const field = { size: 1, vectorType: 2, nullSet: 3, data: 4, isConstantVector: 5 };

/** A vector's fields as they come in. */
interface Draft {
  size?: number;
  type?: number;
  nulls?: Uint8Array;
  data?: VectorData | undefined;
  constant?: boolean;
}

/** Reads a struct `Vector` and checks that its parts fit each other. */
export function readVector(cursor: WireCursor, depth: number, index: number): Vector {
  const start = cursor.position;
  const draft: Draft = {};
  readStruct(cursor, depth, (id, type) => readVectorField(cursor, depth, draft, id, type));
  return assembleVector(cursor.source, draft, index, start);
}

function readVectorField(cursor: WireCursor, depth: number, draft: Draft, id: number, type: number): boolean {
  switch (id) {
    case field.size:
      draft.size = readInt32Field(cursor, type, "a vector's size");
      return true;
    case field.vectorType:
      draft.type = readInt32Field(cursor, type, "a vector's type");
      return true;
    case field.nullSet:
      expectType(cursor, type, thriftType.list, "a vector's nullSet");
      draft.nulls = readNullSet(cursor);
      return true;
    case field.data:
      expectType(cursor, type, thriftType.struct, "a vector's data");
      draft.data = readVectorData(cursor, depth - 1);
      return true;
    case field.isConstantVector:
      expectType(cursor, type, thriftType.bool, "isConstantVector");
      draft.constant = cursor.readBool("isConstantVector");
      return true;
    default:
      return false;
  }
}

function readNullSet(cursor: WireCursor): Uint8Array {
  const count = readListHeader(cursor, thriftType.bool, "a vector's nullSet");
  const start = cursor.take(count, "a vector's nullSet");
  return cursor.source.bytes.subarray(start, start + count);
}

function assembleVector(source: WireSource, draft: Draft, index: number, start: number): Vector {
  const { size, type, constant = false, data } = draft;
  if (size === undefined) throw source.malformed(start, `the vector of column ${index} has no size`);
  if (type === undefined) throw source.malformed(start, `the vector of column ${index} has no type`);
  const nullSet = draft.nulls ?? new Uint8Array();
  if (nullSet.length > 0 && nullSet.length !== (constant ? 1 : size)) {
    throw source.malformed(
      start,
      `the nullSet of column ${index} has ${nullSet.length} entries for ${constant ? "a constant" : `${size} rows`}`,
    );
  }
  const nulls = anyTrue(source, nullSet) ? nullSet : undefined;
  return { index, start, rowCount: size, type: vectorTypeOf(type, index, start), constant, nulls, data };
}

function vectorTypeOf(number: number, index: number, start: number): ReadableType {
  const type = vectorTypes[number];
  if (type === undefined || type === "INT96") {
    throw new E6Error(
      "UNSUPPORTED",
      `Column ${index} of the result batch (byte ${start}) is of vector type ${type ?? number}, which this client cannot read.`,
      {
        hint:
          type === undefined
            ? "The engine is newer than this client: update the client, or cast the column."
            : "In the query, cast the column to TIMESTAMP.",
      },
    );
  }
  return type;
}
