/** A message of an Arrow IPC stream, as far as its frame goes. */
export interface ArrowMessage {
  readonly kind: "schema" | "record batch";
  /** Bytes of the body that follows the message. */
  readonly bodyLength: number;
}

const kinds = { 1: "schema", 3: "record batch" } as const;

/**
 * Walks through an IPC stream by the letter of its format: a mark, a length, that many bytes of metadata, a body; a length of 0 is the end.
 * https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 */
export function readMessages(bytes: Uint8Array): ArrowMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: ArrowMessage[] = [];
  for (let at = 0; ; ) {
    if (at % 8 !== 0 || view.getInt32(at, true) !== -1) throw new Error(`there is no message at ${at}`);
    const length = view.getInt32(at + 4, true);
    at += 8;
    if (length === 0) {
      if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes follow the end`);
      return messages;
    }
    const message = readMessage(view, at);
    messages.push(message);
    at += length + message.bodyLength;
  }
}

/** The flatbuffer `Message`: version, header_type, header, bodyLength. */
function readMessage(view: DataView, start: number): ArrowMessage {
  const table = start + view.getInt32(start, true);
  const fields = table - view.getInt32(table, true);
  const place = (field: number) => {
    const entry = 4 + field * 2;
    return entry < view.getUint16(fields, true) ? view.getUint16(fields + entry, true) : 0;
  };
  const kind = kinds[view.getUint8(table + place(1)) as keyof typeof kinds];
  if (kind === undefined) throw new Error(`the message at ${start} is neither a schema nor a record batch`);
  const bodyLength = place(3) === 0 ? 0 : Number(view.getBigInt64(table + place(3), true));
  return { kind, bodyLength };
}
