import type { DescMethod } from "@bufbuild/protobuf";

/**
 * What a call is to a blue/green switch: `new` work goes to the active stack, a call that names a query has to
 * `continue` where that query lives.
 */
export type CallClass = "new" | "continue";

/**
 * The class of a call, read off the schema: a request with a `queryId` (also an `originalQueryId` or a `remoteQueryId`) continues
 * that query, every other is new work.
 */
export function callClass(method: DescMethod): CallClass {
  return method.input.fields.some((field) => /queryId$/i.test(field.name)) ? "continue" : "new";
}
