/**
 * Looking into deployments: history, health, logs, measurements, and an audit trail of switches.
 *
 * @module
 */
export type { AuditEntry } from "./deployment/audit-entry.ts";
export { type AuditOptions, type AuditTrail, openAuditTrail } from "./deployment/audit-trail.ts";
export type { DeploymentTally } from "./deployment/deployment-tally.ts";
export {
  type DeploymentSnapshot,
  type HealthReport,
  type HealthStatus,
  health,
  type PartHealth,
} from "./deployment/health.ts";
export type { HistoryEntry } from "./deployment/history.ts";
export { logDeployment } from "./deployment/log-deployment.ts";
export { type DeploymentMeasurement, measureDeployment } from "./deployment/measure-deployment.ts";
export { type DeploymentWatch, type WatchOptions, watchDeployment } from "./deployment/watch-deployment.ts";
