import { ByteWriter } from "./byte-writer.ts";

/** One field of a result as its metadata names it. */
export interface ResultField {
  readonly name: string;
  readonly type: string;
  /** The zone of a time's text form, else empty. */
  readonly zone: string;
  /** The format of a time's text form; empty: the default one. */
  readonly format: string;
}

const maxTextBytes = 0xffff;
const utf8 = new TextEncoder();

/**
 * The bytes of `resultMetaData`. Throws a {@link RangeError} for a name of more than 65,535 bytes, which the form
 * cannot hold.
 */
export function encodeMetadata(rowCount: bigint, fields: readonly ResultField[]): Uint8Array {
  const out = new ByteWriter(Number.MAX_SAFE_INTEGER);
  const at = out.reserve(12);
  out.view.setBigInt64(at, rowCount);
  out.view.setInt32(at + 8, fields.length);
  for (const field of fields) {
    for (const text of [field.name, field.type, field.zone, field.format]) {
      writeShortText(out, text);
    }
  }
  return out.finish();
}

function writeShortText(out: ByteWriter, text: string): void {
  const bytes = utf8.encode(text);
  if (bytes.length > maxTextBytes) {
    throw new RangeError(`a column name of ${bytes.length} bytes: at most ${maxTextBytes} fit. Give it an alias`);
  }
  const at = out.reserve(2 + bytes.length);
  out.view.setUint16(at, bytes.length);
  out.bytes.set(bytes, at + 2);
}
