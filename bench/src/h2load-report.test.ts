import { describe, expect, it } from "vitest";
import { readReport } from "./h2load-report.ts";

/** As h2load of nghttp2 1.52.0 has printed it. */
const output = `starting benchmark...
spawning thread #0: 2 total client(s). 6 total requests
Application protocol: h2c
progress: 100% done

finished in 30.21ms, 198.63 req/s, 22.69KB/s
requests: 6 total, 6 started, 6 done, 6 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 6 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 702B (702) total, 226B (226) headers (space savings 76.16%), 150B (150) data
                     min         max         mean         sd        +/- sd
time for request:     1.64ms     15.60ms      7.79ms      5.30ms    66.67%
`;
/** Its log of the same run: two connections, in the order of the answers. */
const log = [
  "1795310734414305\t200\t11011",
  "1795310734425399\t200\t3021",
  "1795310734418151\t200\t15600",
  "1795310734428462\t200\t9809",
  "1795310734433819\t200\t5628",
  "1795310734439484\t200\t1641",
  "",
].join("\n");
const expected = { calls: 6, answerBytes: 25 };

describe("readReport()", () => {
  it("tells the time from the first call to the last answer, and what calls took, in milliseconds", () => {
    const { milliseconds, ...times } = readReport(expected, output, log);
    expect(milliseconds).toBeCloseTo(26.82, 6);
    expect(times).toEqual({ median: 9.809, p99: 15.6 });
  });

  it("takes the end of the last answer, though another call began later", () => {
    const lines = "1000\t200\t9000\n2000\t200\t500\n";
    const two = output.replace("6 succeeded", "2 succeeded").replace("(150) data", "(50) data");
    expect(readReport({ ...expected, calls: 2 }, two, lines).milliseconds).toBe(9);
  });

  it.each([
    ["an error of gRPC, which is HTTP 200 without a body", output.replace("150B (150) data", "0B (0) data")],
    ["one byte too few", output.replace("150B (150) data", "149B (149) data")],
    ["fewer calls", output.replace("6 succeeded", "5 succeeded")],
    ["a call that failed", output.replace("0 failed", "1 failed")],
    ["a call that broke", output.replace("0 errored", "1 errored")],
    ["a call that timed out", output.replace("0 timeout", "1 timeout")],
    [
      "nobody who answers, with which h2load ends well too",
      output.replace("6 succeeded, 0 failed, 0 errored", "0 succeeded, 6 failed, 6 errored"),
    ],
    ["another form of output", "done"],
  ])("refuses %s", (_, other) => {
    expect(() => readReport(expected, other, log)).toThrow("not every call got the answer of 25 bytes");
  });

  it.each([
    ["a log of another run too", `${log}${log}`, "the log has 12 lines of 6 calls"],
    ["an empty log", "", "another form"],
    ["a line of another form", log.replace("\t200\t3021", " 200 3021"), "another form: 1795310734425399 200 3021"],
  ])("refuses %s", (_, other, message) => {
    expect(() => readReport(expected, output, other)).toThrow(message);
  });
});
