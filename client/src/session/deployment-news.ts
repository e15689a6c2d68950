import type { StrategyState } from "../strategy/strategy-state.ts";
import type { DeploymentStep } from "./deployment-event.ts";

/**
 * What one view of the deployment says that the view before it did not, in the order in which it happens. By stacks, not by ids: the
 * id of an announcement changes where somebody else was the first to store it, and that is no second announcement.
 */
export function deploymentNews(view: StrategyState, before: StrategyState): DeploymentStep[] {
  const { active, pending, changedAt } = view;
  const former = before.pending;
  const news: DeploymentStep[] = [];
  if (former && former.stack !== pending?.stack && former.stack !== active) {
    news.push({ type: "called-off", stack: former.stack });
  }
  if (active && active !== before.active) {
    // There are two stacks: where one was announced, it is this one.
    const tookMs = former && changedAt - former.since;
    news.push({ type: "switched", from: before.active, to: active, changedAt, tookMs });
  }
  if (pending && pending.stack !== former?.stack) {
    news.push({ type: "announced", stack: pending.stack, by: pending.by });
  }
  return news;
}
