/** How a value lies in a message, as its tag says. */
export type WireType = number;

/** A whole number, seven bits a byte. */
export const varint: WireType = 0;

/** Eight bytes, which no field of ours has. */
export const eightBytes: WireType = 1;

/** Bytes behind their length: text, bytes, a message or a packed list. */
export const delimited: WireType = 2;

/** The begin of a group, which only old schemas have. */
export const groupStart: WireType = 3;

/** The end of a group. */
export const groupEnd: WireType = 4;

/** Four bytes, which no field of ours has. */
export const fourBytes: WireType = 5;
