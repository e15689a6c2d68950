/** Routes that change in the same way. */
export interface RouteChange {
  /** The name before, `(none)` for a new route. */
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** What two route files, both of this package's making, do differently; in the order of the routes. */
export function routeChanges(before: string, after: string): readonly RouteChange[] {
  const [old, next] = [routesOf(before), routesOf(after)];
  const counts = new Map<string, RouteChange>();
  for (const match of new Set([...old.keys(), ...next.keys()])) {
    const [from, to] = [old.get(match), next.get(match)];
    if (from?.text !== to?.text) {
      const change = { from: from?.name ?? "(none)", to: to?.name ?? "(none)" };
      const key = `${change.from} ${change.to}`;
      counts.set(key, { ...change, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()];
}

/** Each route by what it matches: its name, and all of it as text. */
function routesOf(file: string): ReadonlyMap<string, { readonly name: string; readonly text: string }> {
  const found = new Map<string, { readonly name: string; readonly text: string }>();
  JSON.parse(file, (key, value: unknown) => {
    if (key === "routes" && Array.isArray(value)) {
      for (const route of value) {
        found.set(JSON.stringify(route.match), { name: String(route.name), text: JSON.stringify(route) });
      }
    }
    return value;
  });
  return found;
}
