import { ByteWriter } from "./byte-writer.ts";
import type { ChunkColumn } from "./chunk-column.ts";
import { dataForms } from "./data-form.ts";
import { writeConstantNull, writeNullSet } from "./null-set.ts";
import type { PointerReader } from "./text-entry.ts";
import {
  thriftType,
  writeBoolField,
  writeFieldHead,
  writeI8Field,
  writeI32Field,
  writeListHead,
  writeStop,
} from "./thrift-writer.ts";
import { vectorTypeCode } from "./vector-type.ts";

const nullConstantData = 10;

/**
 * The bytes of one `Chunk` of `size` rows. `read` gets the texts that are too long for their entries. Throws a
 * {@link RangeError} when the chunk would be larger than `maxBytes`.
 */
export function encodeChunk(
  columns: readonly ChunkColumn[],
  size: number,
  read: PointerReader,
  maxBytes: number,
): Uint8Array {
  const out = new ByteWriter(maxBytes);
  writeI32Field(out, 1, size);
  writeListHead(out, 2, thriftType.struct, columns.length);
  for (const column of columns) {
    writeVector(out, column, size, read);
  }
  writeStop(out);
  return out.finish();
}

function writeVector(out: ByteWriter, column: ChunkColumn, size: number, read: PointerReader): void {
  const { type } = column;
  writeI32Field(out, 1, size);
  writeI32Field(out, 2, vectorTypeCode[type]);
  if (type === "NULL") {
    writeConstantNull(out);
    writeFieldHead(out, thriftType.struct, 4);
    writeNullData(out);
  } else {
    writeNullSet(out, column.slices, size);
    writeFieldHead(out, thriftType.struct, 4);
    writeListData(out, type, column, size, read);
  }
  writeStop(out);
  writeBoolField(out, 5, type === "NULL");
  writeStop(out);
}

function writeListData(
  out: ByteWriter,
  type: keyof typeof dataForms,
  column: ChunkColumn,
  size: number,
  read: PointerReader,
): void {
  const form = dataForms[type];
  writeFieldHead(out, thriftType.struct, form.id);
  writeListHead(out, 1, form.element, size);
  form.write(out, column, size, read);
  form.writeRest?.(out, column, size);
  writeStop(out);
}

function writeNullData(out: ByteWriter): void {
  writeFieldHead(out, thriftType.struct, nullConstantData);
  writeI8Field(out, 1, 0);
  writeStop(out);
}
