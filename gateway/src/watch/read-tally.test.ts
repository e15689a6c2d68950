import { describe, expect, it } from "vitest";
import { type Calls, exposition } from "../../test/call-counts.ts";
import { parseExposition } from "./exposition.ts";
import { countOf, quantile } from "./histogram.ts";
import { readTally } from "./read-tally.ts";

const tallyOf = (text: string) => readTally(parseExposition(text), "green", ["UNKNOWN", "UNAVAILABLE"]);
const countsOf = (text: string) => {
  const { latency: _, ...counts } = tallyOf(text);
  return counts;
};
const none = { calls: 0, mismatches: 0, suspended: 0, errors: 0, abandoned: 0 };

describe("readTally()", () => {
  it.each<[string, Omit<Calls, "stack" | "count">, Partial<typeof none>]>([
    ["a good answer", {}, { calls: 7 }],
    ["the engine's error about a statement", { grpc: 3 }, { calls: 7 }],
    ["the engine's own error", { grpc: 14 }, { calls: 7, errors: 7 }],
    ["an answer without a status", { grpc: "" }, { calls: 7, errors: 7 }],
    ["a bare 456", { http: 456, grpc: 2 }, { calls: 7, mismatches: 7 }],
    ["a bare 503", { http: 503, grpc: 14 }, { calls: 7, suspended: 7 }],
    ["a bare 502", { http: 502, grpc: 14 }, { calls: 7, errors: 7 }],
    ["a page instead of an answer", { http: 404, grpc: 12 }, { calls: 7, errors: 7 }],
    ["a connection that fails", { outcome: "failed", http: 0, grpc: "" }, { calls: 7, errors: 7 }],
    ["a failure that Envoy gives a status", { outcome: "failed", http: 503, grpc: 14 }, { calls: 7, errors: 7 }],
    ["an answer that breaks off", { outcome: "failed", grpc: 2 }, { calls: 7, errors: 7 }],
    ["a caller who has gone", { outcome: "abandoned", http: 0, grpc: "" }, { abandoned: 7 }],
    ["a caller who has gone in mid-answer", { outcome: "abandoned", grpc: 2 }, { abandoned: 7 }],
  ])("counts %s", (_, call, counts) => {
    expect(countsOf(exposition({ stack: "green", count: 7, ...call }))).toEqual({ ...none, ...counts });
  });

  it("counts a call once that was tried several times, and one that found no healthy address", () => {
    const tried = exposition(
      { stack: "green", count: 5, outcome: "failed", http: 0, grpc: "" },
      { stack: "green", count: 1 },
    );
    const text = `${tried}
envoy_cluster_upstream_rq_retry{strategy="green"} 4
envoy_cluster_upstream_cx_none_healthy{strategy="green"} 2
envoy_cluster_upstream_cx_none_healthy{strategy="blue"} 9
`;
    expect(countsOf(text)).toEqual({ ...none, calls: 4, errors: 3 });
  });

  it("leaves the other stack's calls alone", () => {
    expect(countsOf(exposition({ stack: "blue", count: 9 }))).toEqual(none);
  });

  it("puts the methods of a class together, and no others", () => {
    const { latency } = tallyOf(
      exposition(
        { stack: "green", count: 3, method: "/QueryEngineService/authenticate", ms: 4 },
        { stack: "green", count: 1, method: "/QueryEngineService/healthCheck", ms: 90 },
        { stack: "green", count: 2, method: "/QueryEngineService/getNextResultBatch", ms: 4 },
        { stack: "green", count: 5, method: "/QueryEngineService/nothingOfThisName", ms: 4 },
      ),
    );
    expect([countOf(latency.new), countOf(latency.continue)]).toEqual([4, 2]);
    expect([quantile(latency.new, 0.75), quantile(latency.new, 1)]).toEqual([5, 100]);
  });
});
