/** DuckDB's string entry: a length, then the bytes themselves up to 12, else 4 of them and a pointer to all. */
export const textEntry = { bytes: 16, inlineAt: 4, inlineMax: 12, pointerAt: 8 } as const;

/** Reads `length` bytes from the pointer that stands at `offset` of `buffer`. */
export type PointerReader = (buffer: ArrayBuffer, offset: number, length: number) => Uint8Array;
