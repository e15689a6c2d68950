import { type Strategy, strategies } from "../headers.ts";
import type { Cooldown, PendingSwitch, StrategyState } from "../strategy/strategy-state.ts";

/** Reads what lies in a row: anything, as every script of the page's origin may write there. Nothing for what is no state. */
export function readStoredState(value: unknown): StrategyState | undefined {
  const { lineage, version, epoch, active, pending, cooldown, changedAt, checkedAt } = fieldsOf(value);
  const isKnown = isText(lineage) && isNumber(version) && isText(epoch) && isNumber(changedAt) && isNumber(checkedAt);
  if (!isKnown || !(active === undefined || isStack(active))) return undefined;
  return {
    lineage,
    version,
    epoch,
    active,
    pending: readPending(pending),
    cooldown: readCooldown(cooldown),
    changedAt,
    checkedAt,
  };
}

function readPending(value: unknown): PendingSwitch | undefined {
  const { id, stack, by, since, heardAt } = fieldsOf(value);
  const isPending =
    isText(id) && isStack(stack) && (by === "header" || by === "message") && isNumber(since) && isNumber(heardAt);
  return isPending ? { id, stack, by, since, heardAt } : undefined;
}

function readCooldown(value: unknown): Cooldown | undefined {
  const { stack, until, delayMs } = fieldsOf(value);
  return isStack(stack) && isNumber(until) && isNumber(delayMs) ? { stack, until, delayMs } : undefined;
}

const isStack = (value: unknown): value is Strategy => strategies.some((stack) => stack === value);
const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => Number.isFinite(value);
/** What is no object has no fields. */
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => Object(value);
