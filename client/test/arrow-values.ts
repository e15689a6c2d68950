import { type Column, Type } from "@uwdata/flechette";

/** All values of a column. Texts are decoded here: flechette's reader drops a byte order mark at the beginning of one. */
export function arrowValues(column: Column<unknown> | undefined): unknown[] {
  if (column?.type.typeId !== Type.Utf8) return [...(column ?? [])];
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return column.data.flatMap((batch) => {
    const bytes = Uint8Array.from(batch.values, Number);
    return Array.from({ length: batch.length }, (_, row) =>
      batch.at(row) === null
        ? null
        : utf8.decode(bytes.subarray(Number(batch.offsets[row]), Number(batch.offsets[row + 1]))),
    );
  });
}
