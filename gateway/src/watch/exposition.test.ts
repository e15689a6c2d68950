import { describe, expect, it } from "vitest";
import { parseExposition } from "./exposition.ts";

/** The example of https://prometheus.io/docs/instrumenting/exposition_formats/, as far as numbers go. */
const example = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

http_request_duration_seconds_bucket{le="+Inf"} 144320
`.replace("    3", " 3");

describe("parseExposition()", () => {
  it("reads names, labels and numbers", () => {
    const series = [...parseExposition(example).values()].map(({ name, labels, value }) => [
      name,
      Object.fromEntries(labels),
      value,
    ]);
    expect(series).toEqual([
      ["http_requests_total", { method: "post", code: "200" }, 1027],
      ["http_requests_total", { method: "post", code: "400" }, 3],
      [
        "msdos_file_access_time_seconds",
        { path: "C:\\DIR\\FILE.TXT", error: 'Cannot find file:\n"FILE.TXT"' },
        1458255915,
      ],
      ["metric_without_timestamp_and_labels", {}, 12.47],
      ["something_weird", { problem: "division by zero" }, Number.POSITIVE_INFINITY],
      ["http_request_duration_seconds_bucket", { le: "+Inf" }, 144320],
    ]);
  });

  it("keeps series apart by all that is written before the number", () => {
    const keys = [...parseExposition('a{x="} 1"} 2\na{x="b"} 2 17\na 2\n').keys()];
    expect(keys).toEqual(['a{x="} 1"}', 'a{x="b"}', "a"]);
  });

  it.each([
    ["a page", "<html>"],
    ["no number", "requests many"],
    ["a NaN, with which nothing could be compared", "requests NaN"],
    ["a label without its end", 'requests{a="b} 1'],
    ["something between labels", 'requests{a="b"; c="d"} 1'],
    ["an empty value", "requests "],
  ])("refuses %s, with the line's number", (_, text) => {
    expect(() => parseExposition(`good 1\n${text}\n`)).toThrow(
      expect.objectContaining({ code: "METRICS_UNREADABLE", message: expect.stringContaining("line 2") }),
    );
  });
});
