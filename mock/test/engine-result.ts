import type { BoundValue, Engine, Namespace, Statement } from "../src/engine/engine.ts";
import { readThriftStruct, type ThriftStruct, type ThriftValue } from "./thrift-struct.ts";

/** What a statement answered, with its values as they travelled. */
export interface EngineResult {
  readonly rowCount: bigint;
  readonly fields: { name: string; type: string; zone: string }[];
  /** Rows; text as text, BINARY as hex, DECIMAL128 as `unscaled:scale`, NULL as null. */
  readonly rows: unknown[][];
  /** How many rows each batch had. */
  readonly batchRows: number[];
}

/** Runs one statement to its end and closes it. */
export async function runSql(
  engine: Engine,
  sql: string,
  values: readonly BoundValue[] = [],
  namespace: Namespace = {},
): Promise<EngineResult> {
  const statement = await engine.prepare(sql, namespace);
  try {
    await statement.execute(values);
    return await readResult(statement);
  } finally {
    await statement.close();
  }
}

/** The only value of a result. */
export async function oneValue(engine: Engine, sql: string, values: readonly BoundValue[] = []): Promise<unknown> {
  return (await runSql(engine, sql, values)).rows[0]?.[0];
}

/** Reads a whole result. */
export async function readResult(statement: Statement): Promise<EngineResult> {
  const { rowCount, fields } = readMetadata(await statement.metadata());
  const rows: unknown[][] = [];
  const batchRows: number[] = [];
  for (let batch = await statement.nextBatch(); batch.length > 0; batch = await statement.nextBatch()) {
    const read = readBatch(batch);
    batchRows.push(read.length);
    rows.push(...read);
  }
  return { rowCount, fields, rows, batchRows };
}

function readMetadata(bytes: Uint8Array): Pick<EngineResult, "rowCount" | "fields"> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 12;
  const text = (): string => {
    const length = view.getUint16(at);
    at += 2 + length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  const fields = Array.from({ length: view.getInt32(8) }, () => {
    const [name, type, zone] = [text(), text(), text()];
    text();
    return { name, type, zone };
  });
  return { rowCount: view.getBigInt64(0), fields };
}

/** The rows of one batch. */
export function readBatch(bytes: Uint8Array): unknown[][] {
  const chunk = readThriftStruct(bytes);
  const columns = list(chunk.get(2)).map((vector) => columnValues(struct(vector)));
  return Array.from({ length: Number(chunk.get(1)) }, (_, row) => columns.map((column) => column[row]));
}

function columnValues(vector: ThriftStruct): unknown[] {
  const size = Number(vector.get(1));
  const type = Number(vector.get(2));
  const nulls = list(vector.get(3));
  const [form] = struct(vector.get(4)).values();
  const data = struct(form);
  const constant = vector.get(5) === true;
  return Array.from({ length: size }, (_, row) => {
    const isNull = nulls[constant ? 0 : row] === true;
    return isNull ? null : shown(type, list(data.get(1))[row], data.get(2));
  });
}

function shown(type: number, value: ThriftValue | undefined, beside: ThriftValue | undefined): unknown {
  if (!(value instanceof Uint8Array)) {
    return value;
  }
  if (type === 16) {
    return `${BigInt.asIntN(128, BigInt(`0x${Buffer.from(value).toString("hex")}`))}:${String(beside)}`;
  }
  return type === 0 ? Buffer.from(value).toString("hex") : new TextDecoder().decode(value);
}

function list(value: ThriftValue | undefined): ThriftValue[] {
  return Array.isArray(value) ? value : [];
}

function struct(value: ThriftValue | undefined): ThriftStruct {
  if (!(value instanceof Map)) {
    throw new Error("a struct was expected");
  }
  return value;
}
