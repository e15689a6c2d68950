import type { DeploymentEvent, DeploymentListener } from "../session/deployment-event.ts";
import { createLogWriter, type Logger, type LogLine, type LogOptions } from "../telemetry/log-writer.ts";

const lines: Readonly<Record<DeploymentEvent["type"], LogLine>> = {
  announced: ["info", "e6data: switch announced"],
  "called-off": ["info", "e6data: switch called off"],
  accepted: ["debug", "e6data: stack has accepted a sign-in"],
  refused: ["warn", "e6data: stack has refused a sign-in"],
  switched: ["info", "e6data: new work goes to another stack"],
  mismatch: ["debug", "e6data: stack has refused a call by 456"],
  detected: ["debug", "e6data: active stack found"],
  recovered: ["info", "e6data: failure cured"],
  interrupted: ["error", "e6data: query lost"],
  "selection-ignored": ["warn", "e6data: stack that was chosen is passed over"],
  "store-degraded": ["warn", "e6data: shared store does without a part of the platform"],
  "store-restored": ["info", "e6data: shared store works again"],
};
const undetected: LogLine = ["error", "e6data: no active stack found"];
/** Who has known of no stack has not moved. */
const firstKnown: LogLine = ["info", "e6data: stack for new work is known"];

/** What of an event is written. What is not named here never gets into a log. */
const fieldNames = [
  "at",
  "stack",
  "by",
  "code",
  "isFinal",
  "from",
  "to",
  "changedAt",
  "tookMs",
  "tries",
  "queryId",
  "strategy",
  "rowsDelivered",
  "part",
  "reason",
];

/**
 * Writes what happens in a deployment: `debug` each step, `info` what is announced, called off, switched and cured, `warn` what is amiss,
 * `error` what was lost. Throws `INVALID_OPTION`.
 *
 * ```ts
 * connect({ url, user, token, onDeployment: logDeployment(jsonLogger()) });
 * ```
 */
export function logDeployment(logger: Logger, options: LogOptions = {}): DeploymentListener {
  const write = createLogWriter(logger, options, "logDeployment()", fieldNames);
  return (event) => write(lineOf(event), event);
}

function lineOf(event: DeploymentEvent): LogLine {
  if (event.type === "detected" && event.code !== undefined) return undetected;
  return event.type === "switched" && event.from === undefined ? firstKnown : lines[event.type];
}
