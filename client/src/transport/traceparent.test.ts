import { describe, expect, it } from "vitest";
import { isTraceparent } from "./traceparent.ts";

// The example of the W3C recommendation "Trace Context".
const example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

describe("isTraceparent()", () => {
  it.each([example, example.replace(/01$/, "00"), example.replace(/01$/, "ff"), `01${example.slice(2)}`])(
    "takes %s",
    (value) => {
      expect(isTraceparent(value)).toBe(true);
    },
  );

  it.each([
    undefined,
    null,
    12,
    [example],
    "",
    ` ${example}`,
    `${example}\n`,
    `${example}\r\nstrategy: green`,
    `${example}-00`,
    example.slice(0, -1),
    example.toUpperCase(),
    example.replace("4bf", "xbf"),
    `ff${example.slice(2)}`,
    example.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0".repeat(32)),
    example.replace("00f067aa0ba902b7", "0".repeat(16)),
  ])("refuses %j", (value) => {
    expect(isTraceparent(value)).toBe(false);
  });
});
