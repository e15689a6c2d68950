import { describe, expect, it } from "vitest";
import type { ChangeVerb, DeploymentState } from "../deploy/deployment-state.ts";
import { type Subject, subjectOf } from "./subject.ts";

const state = (verb: ChangeVerb, rest: Partial<DeploymentState>): DeploymentState => ({
  version: 1,
  stacks: { blue: "active", green: "standby" },
  change: { verb, at: "2026-01-01T00:00:00Z" },
  ...rest,
});
const greenActive = { blue: "standby", green: "active" } as const;

describe("subjectOf()", () => {
  it.each<[string, DeploymentState, Subject | undefined]>([
    ["nothing has happened yet", state("begin", {}), undefined],
    [
      "a stack is announced",
      state("announce", { announced: "green" }),
      { phase: "announced", candidate: "green", former: "blue" },
    ],
    [
      "it is promoted",
      state("promote", { stacks: greenActive, former: "blue" }),
      { phase: "promoted", candidate: "green", former: "blue" },
    ],
    [
      "the former one drains",
      state("drain", { stacks: { blue: "draining", green: "active" }, former: "blue" }),
      { phase: "draining", candidate: "green", former: "blue" },
    ],
    ["the former one is off", state("off", { stacks: { blue: "off", green: "active" } }), undefined],
    ["the announcement was rolled back", state("rollback", {}), undefined],
    ["the promotion was rolled back", state("rollback", { former: "green" }), undefined],
    ["somebody went back to an older state", state("restore", { former: "green" }), undefined],
    [
      "the gateways turned the rollback down",
      state("revert", { stacks: greenActive, former: "blue" }),
      { phase: "promoted", candidate: "green", former: "blue" },
    ],
    [
      "the former stack is announced",
      state("announce", { stacks: greenActive, former: "blue", announced: "blue" }),
      { phase: "announced", candidate: "blue", former: "green" },
    ],
    [
      "another stack than the former one drains",
      state("drain", { stacks: { blue: "active", green: "draining" } }),
      undefined,
    ],
  ])("%s", (_, given, subject) => {
    expect(subjectOf(given)).toEqual(subject);
  });
});
