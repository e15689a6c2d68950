/**
 * The classes of exact values, and the bytes of results to columns, by themselves.
 *
 * @module
 */
export { CalendarDate } from "./wire/calendar-date.ts";
export type { Column, ColumnOf, Value } from "./wire/column.ts";
export { Decimal } from "./wire/decimal.ts";
export { Interval } from "./wire/interval.ts";
export { defaultReadLimits, type ReadLimits } from "./wire/read-limits.ts";
export { type ResultBatch, readResultBatch } from "./wire/result-batch.ts";
export { type ResultField, type ResultMetadata, readResultMetadata } from "./wire/result-metadata.ts";
export { Timestamp } from "./wire/timestamp.ts";
export { type VectorType, vectorTypes } from "./wire/vector-type.ts";
