export type { CallOutcome, CallRecord } from "./calls.ts";
export { type Clock, createManualClock, type ManualClock } from "./clock.ts";
export type {
  Control,
  DeploymentView,
  MockState,
  SessionRecord,
  StackState,
  SuspendOptions,
} from "./control/control.ts";
export type { ClusterStatus, StackManners, StackRole } from "./deployment.ts";
export type { FaultFormName, FaultRule } from "./faults.ts";
export { InputError } from "./input-error.ts";
export { type Mock, type MockOptions, type MockStack, startMock } from "./mock.ts";
export type { QueueMessage, QueueState } from "./planner-queue.ts";
export type { CannedResult } from "./replay.ts";
export type { Settings } from "./settings.ts";
