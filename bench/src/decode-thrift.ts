import { type Int64, TBinaryProtocol, TBufferedTransport, Thrift, type TProtocol } from "thrift";

/** A vector as the `thrift` library gives it: all its values made. */
export interface ThriftVector {
  size: number;
  vectorType: number;
  nullSet: boolean[];
  isConstantVector: boolean;
  values: Int64[] | number[] | string[];
}

/** A batch as the `thrift` library gives it. */
export interface ThriftChunk {
  size: number;
  vectors: ThriftVector[];
}

/**
 * Reads a batch of LONG, DOUBLE and STRING with the `thrift` npm library, by the calls that its compiler generates for the engine's structs
 * (of the union `Data` only the three members that such a batch has).
 */
export function readWithThrift(batch: Buffer): ThriftChunk {
  let chunk: ThriftChunk | undefined;
  const receive = TBufferedTransport.receiver((transport) => {
    chunk = readChunk(new TBinaryProtocol(transport));
  }, 0);
  receive(batch);
  if (chunk === undefined) throw new Error("the thrift library did not read the batch to its end");
  return chunk;
}

function readChunk(input: TProtocol): ThriftChunk {
  const chunk: ThriftChunk = { size: 0, vectors: [] };
  readFields(input, (id) => {
    if (id === 1) chunk.size = input.readI32();
    else if (id === 2) chunk.vectors = readList(input, () => readVector(input));
    else return false;
    return true;
  });
  return chunk;
}

function readVector(input: TProtocol): ThriftVector {
  const vector: ThriftVector = { size: 0, vectorType: 0, nullSet: [], isConstantVector: false, values: [] };
  readFields(input, (id) => {
    if (id === 1) vector.size = input.readI32();
    else if (id === 2) vector.vectorType = input.readI32();
    else if (id === 3) vector.nullSet = readList(input, () => input.readBool());
    else if (id === 4) vector.values = readData(input);
    else if (id === 5) vector.isConstantVector = input.readBool();
    else return false;
    return true;
  });
  return vector;
}

function readData(input: TProtocol): ThriftVector["values"] {
  let values: ThriftVector["values"] = [];
  readFields(input, (member) => {
    if (member !== 3 && member !== 6 && member !== 7) return false;
    readFields(input, (id) => {
      if (id !== 1) return false;
      if (member === 3) values = readList(input, () => input.readI64());
      else if (member === 6) values = readList(input, () => input.readDouble());
      else values = readList(input, () => input.readString());
      return true;
    });
    return true;
  });
  return values;
}

function readFields(input: TProtocol, readField: (id: number) => boolean): void {
  input.readStructBegin();
  for (;;) {
    const { ftype, fid } = input.readFieldBegin();
    if (ftype === Thrift.Type.STOP) break;
    if (!readField(fid)) input.skip(ftype);
    input.readFieldEnd();
  }
  input.readStructEnd();
}

function readList<Item>(input: TProtocol, readItem: () => Item): Item[] {
  const items: Item[] = [];
  const { size } = input.readListBegin();
  for (let index = 0; index < size; index++) items.push(readItem());
  input.readListEnd();
  return items;
}
