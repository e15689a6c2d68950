import type { RouteStatus } from "../admin.ts";
import type { Clock } from "./clock.ts";
import { type Answered, askAll, type Replica } from "./replica.ts";

/** What each gateway says of its routes. */
export type RouteSurvey = readonly Answered<RouteStatus>[];

/** Asks every gateway for its routes. */
export function surveyRoutes(replicas: readonly Replica[]): Promise<RouteSurvey> {
  return askAll(replicas, (replica) => replica.routeStatus());
}

/** How the wait for new routes has ended. */
export type Confirmation =
  | { readonly kind: "confirmed" }
  /** Those who turned them down, and go on with the former ones. */
  | { readonly kind: "refused"; readonly by: readonly string[] }
  /** Those who use others, or do not answer. */
  | { readonly kind: "late"; readonly missing: readonly string[] };

const pause = 20;

/**
 * Waits until every gateway uses the routes of the version that `wanted` answers at each look: another one, once somebody else has made a
 * further change. `before` is what they said before the routes were published: who has turned routes down since then has turned these
 * down.
 */
export async function awaitRoutes(
  wanted: () => Promise<string>,
  before: RouteSurvey,
  replicas: readonly Replica[],
  deadline: number,
  clock: Clock,
): Promise<Confirmation> {
  const begin = clock.now();
  for (;;) {
    const version = await wanted();
    const survey = await surveyRoutes(replicas);
    const others = survey.filter(({ answer }) => answer?.version !== version);
    if (others.length === 0) {
      return { kind: "confirmed" };
    }
    const by = others.filter((other) => hasRefused(other, before)).map(({ url }) => url);
    if (by.length > 0) {
      return { kind: "refused", by };
    }
    if (clock.now() - begin >= deadline) {
      return { kind: "late", missing: others.map(describe) };
    }
    await clock.sleep(pause);
  }
}

function hasRefused({ url, answer }: Answered<RouteStatus>, before: RouteSurvey): boolean {
  const former = before.find((other) => other.url === url)?.answer;
  return answer !== undefined && former !== undefined && answer.refused > former.refused;
}

function describe({ url, answer }: Answered<RouteStatus>): string {
  if (answer === undefined) {
    return `${url} does not answer`;
  }
  const refused = answer.refused === 0 ? "" : `, and has turned down ${answer.refused} since its start`;
  return `${url} uses the routes ${answer.version || "(none)"}${refused}`;
}
