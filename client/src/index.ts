export { type Connection, connect, type DeploymentView, type QueryOptions } from "./connection.ts";
export { E6Error, type E6ErrorDetails, isE6Error } from "./error.ts";
export { type E6ErrorCode, errorCodes } from "./error-code.ts";
export type { Strategy } from "./headers.ts";
export type { BearerSignIn, ConnectionTarget, ConnectOptions, PasswordSignIn } from "./options.ts";
export type { QueryResult } from "./query/query-result.ts";
export type { Value } from "./wire/column.ts";
export type { ResultField } from "./wire/result-metadata.ts";
