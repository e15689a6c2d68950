import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rpcs } from "./rpc.ts";

/** Every RPC with its class, as the schema's own text has it: not read by the code that is under test. */
const classes = [
  ["QueryEngineService", "../../proto/engine/e6x_engine.proto"],
  ["ClusterService", "../../proto/cluster/cluster.proto"],
].flatMap(([service, file = ""]) => {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  const fieldsOf = new Map(
    [...text.matchAll(/^message (\w+) \{(\}|[\s\S]*?^\})/gm)].map(([, name, fields]) => [name, fields]),
  );
  return [...text.matchAll(/^\s*rpc (\w+) ?\((\w+)\)/gm)].map(([, method, input]) => {
    const namesQuery = /query_?id\b/i.test(fieldsOf.get(input) ?? "no such message: queryId");
    return { path: `/${service}/${method}`, callClass: namesQuery ? "continue" : "new" };
  });
});

describe("rpcs", () => {
  it("are those of the schema: what names a query continues it, everything else is new work", () => {
    expect(classes.length).toBeGreaterThan(40);
    expect(rpcs.toSorted(byPath)).toEqual(classes.toSorted(byPath));
  });

  it("have both classes in the engine's service, and new work alone in the cluster's", () => {
    const seen = new Set(rpcs.map(({ path, callClass }) => `${path.split("/")[1]} ${callClass}`));
    expect(seen).toEqual(new Set(["QueryEngineService new", "QueryEngineService continue", "ClusterService new"]));
  });
});

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path.localeCompare(other.path);
}
