/** Two 16-bit numbers in the order in which they lie. */
const pair = (first: number, second: number): number => first | (second << 16);

/**
 * The message of a record batch whose columns are all of type null, with no body. flechette leaves the list of its buffers out, which has nothing in it, and
 * readers in Rust refuse what has none.
 *
 * It is one flatbuffer, laid out by hand: https://github.com/apache/arrow/blob/main/format/Message.fbs
 */
export function nullsMessage(columnCount: number, rowCount: number): Uint8Array {
  const flatbuffer = [
    // Where the table Message is; its fields: version, header type, header.
    ...[16, pair(10, 12), pair(8, 10), 4],
    // Message: its fields' place, the header, version 5 and the type RecordBatch; RecordBatch's fields: length, nodes, buffers.
    ...[12, 20, pair(4, 3), pair(10, 20), pair(8, 4), 16],
    // RecordBatch: its fields' place, the nodes, the length in 64 bits, the buffers, of which there are 0.
    ...[12, 24, rowCount, 0, 4, 0],
    // Nodes, of two times 64 bits: rows, and how many of them are null.
    ...[0, columnCount],
    ...Array.from({ length: columnCount }, () => [rowCount, 0, rowCount, 0]).flat(),
  ];
  return new Uint8Array(Int32Array.of(-1, flatbuffer.length * 4, ...flatbuffer).buffer);
}
