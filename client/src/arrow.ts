/**
 * Results as Apache Arrow: a table of flechette, or a stream of Arrow IPC. It needs the package `@uwdata/flechette`:
 * `npm install @uwdata/flechette@2.6.0`.
 *
 * @module
 */
export type { ArrowOptions } from "./arrow/arrow-schema.ts";
export { type ArrowStreamSource, arrowContentType, toArrowStream } from "./arrow/arrow-stream.ts";
export { type ArrowTableOptions, type ArrowTableSource, toArrowTable } from "./arrow/arrow-table.ts";
