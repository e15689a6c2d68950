/**
 * The client: connections, queries, results, cursors, catalogs, pools.
 *
 * @module
 */
export type { AddCatalogsOutcome, CatalogFailure } from "./catalog/add-catalogs.ts";
export type { Catalog } from "./catalog/catalog.ts";
export type { SessionProperties, SyncOptions } from "./catalog/changes.ts";
export { type Aggregate, type DataFrame, type Direction, dataFrame } from "./catalog/data-frame.ts";
export type { CatalogInfo, ColumnInfo } from "./catalog/look-up.ts";
export type { InCatalog, InSchema } from "./catalog/names.ts";
export type { PlannerOptions } from "./catalog/planner.ts";
export type { FrameSource } from "./catalog/submit-frame.ts";
export type { Cluster, ResumeOptions } from "./cluster/cluster.ts";
export type { ClusterState } from "./cluster/cluster-state.ts";
export type { ResumeProgress } from "./cluster/wake-up.ts";
export { type Connection, connect } from "./connection.ts";
export { createPool } from "./connection-pool.ts";
export { E6Error, type E6ErrorDetails, isE6Error } from "./error.ts";
export { type E6ErrorCode, errorCodes } from "./error-code.ts";
export type { Strategy } from "./headers.ts";
export type { BearerSignIn, ConnectionTarget, ConnectOptions, PasswordSignIn } from "./options.ts";
export type { Lease, Pool, Poolable, PoolStatistics } from "./pool/pool.ts";
export type { PoolOptions } from "./pool/pool-options.ts";
export type { Cursor } from "./query/cursor.ts";
export type { QueryProfile, QueryStatus } from "./query/insight.ts";
export type { Observation, ObservedQuery, Observer } from "./query/observer.ts";
export type { QueryEvent, QueryListener, QueryStep } from "./query/query-event.ts";
export { type QueryEvents, queryEvents } from "./query/query-events.ts";
export type { HandleOptions, QueryHandle } from "./query/query-handle.ts";
export type {
  AttachOptions,
  CursorOptions,
  ExecuteOptions,
  QueryOptions,
  ReadStreamOptions,
  StreamOptions,
} from "./query/query-options.ts";
export type { Statement } from "./query/query-plan.ts";
export type { QueryStream } from "./query/query-stream.ts";
export type { StatementParameter } from "./query/statement-parameters.ts";
export type { SubmittedQuery } from "./query/submitted-query.ts";
export type { Batches } from "./result/batch-stream.ts";
export { type CsvOptions, type CsvValue, toCsv } from "./result/csv.ts";
export type { Dialect, DialectValues, JsonValue, PlainValue } from "./result/dialect.ts";
export { type NdjsonOptions, toNdjson } from "./result/ndjson.ts";
export type { QueryResult } from "./result/query-result.ts";
export type { Conversions, Convert, ReadingOptions } from "./result/reading-options.ts";
export type {
  ColumnsOf,
  ColumnType,
  DialectColumns,
  ExactColumn,
  MixedType,
  Named,
  PlainColumn,
  ValueColumn,
} from "./result/result-column.ts";
export type { ConnectionStrategy, DeploymentView } from "./session/connection-strategy.ts";
export type { DeploymentEvent, DeploymentListener, DeploymentStep } from "./session/deployment-event.ts";
export type { AccessWait } from "./session/engine-access.ts";
export type { Planner, PlannerWait } from "./session/identify-planner.ts";
export type { PinnedQuery } from "./session/pins.ts";
export type { SelectStrategy } from "./session/selection.ts";
export type { Params } from "./sql/bind-statement.ts";
export type { ParamScalar, ParamValue } from "./sql/param-value.ts";
export { isReadOnly } from "./sql/read-only.ts";
export { type SqlInput, type SqlStatement, type SqlTag, sql } from "./sql/sql-template.ts";
export type { TemporalValue } from "./sql/temporal-value.ts";
export type { SharingPart, StoreEvent } from "./store/store-event.ts";
export type {
  Cooldown,
  PendingSwitch,
  StrategyEvent,
  StrategyEventBase,
  StrategyState,
} from "./strategy/strategy-state.ts";
export type { StrategyListener, StrategyStore } from "./strategy/strategy-store.ts";
export type { BearerToken } from "./transport/bearer-token.ts";
export type { CallLimits } from "./transport/call-limits.ts";
export type { SqlPosition } from "./transport/sql-position.ts";
export type { Value } from "./wire/column.ts";
export type { ResultBatch } from "./wire/result-batch.ts";
export type { ResultField } from "./wire/result-metadata.ts";
