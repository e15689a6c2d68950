import type { Strategy } from "e6data-web/headers";
import { describe, expect, it } from "vitest";
import {
  type Arrival,
  calledOffMs,
  changeDeployment,
  clusterStatus,
  type Deployment,
  type DeploymentEvent,
  initialDeployment,
  newStrategy,
  refusal,
  stackRole,
} from "./deployment.ts";

/** The deployment after these events, all at time 0. */
function stateAfter(...events: DeploymentEvent[]): Deployment {
  return events.reduce((state, event) => changeDeployment(state, event, 0), initialDeployment("blue"));
}

const arrival = (stack: Strategy, callClass: Arrival["class"], strategy?: string): Arrival => ({
  stack,
  class: callClass,
  strategy,
});

/** What each stack answers: new work and continuing on blue, then on green. */
function manners(state: Deployment): (456 | 503 | undefined)[] {
  return [
    refusal(state, arrival("blue", "new"), 0),
    refusal(state, arrival("blue", "continue"), 0),
    refusal(state, arrival("green", "new"), 0),
    refusal(state, arrival("green", "continue"), 0),
  ];
}

const ok = undefined;
const announceGreen: DeploymentEvent = { type: "announce", stack: "green" };
const switchTo = (stack: Strategy, hard = false): DeploymentEvent => ({ type: "switch", stack, hard });
const suspend: DeploymentEvent = { type: "suspend", resumeMs: 5000, resumeFails: false };

describe("refusal()", () => {
  it.each([
    ["at first only the active stack takes new work", stateAfter(), [ok, ok, 456, ok]],
    ["while a switch is announced both stacks do", stateAfter(announceGreen), [ok, ok, ok, ok]],
    [
      "a called-off announcement ends that",
      stateAfter(announceGreen, { type: "announce", stack: null }),
      [ok, ok, 456, ok],
    ],
    [
      "after a soft switch the old stack finishes its queries",
      stateAfter(announceGreen, switchTo("green")),
      [456, ok, ok, ok],
    ],
    ["after a hard switch it refuses everything", stateAfter(switchTo("green", true)), [456, 456, ok, ok]],
    [
      "after a switch back the first stack is whole again",
      stateAfter(switchTo("green", true), switchTo("blue")),
      [ok, ok, 456, ok],
    ],
    [
      "a stack that was left hard and is announced again takes work",
      stateAfter(switchTo("green", true), { type: "announce", stack: "blue" }),
      [ok, ok, ok, ok],
    ],
    [
      "an announced stack may refuse until it is active",
      stateAfter(announceGreen, { type: "stack", stack: "green", acceptsWhileStandby: false }),
      [ok, ok, 456, ok],
    ],
    [
      "a stack that was left may go on taking work",
      stateAfter(switchTo("green"), { type: "stack", stack: "blue", acceptsWhileDraining: true }),
      [ok, ok, ok, ok],
    ],
    [
      "but not after a hard switch",
      stateAfter(switchTo("green", true), { type: "stack", stack: "blue", acceptsWhileDraining: true }),
      [456, 456, ok, ok],
    ],
    ["a suspended cluster refuses everything on both stacks", stateAfter(suspend), [503, 503, 503, 503]],
    ["so does one that is resuming", stateAfter(suspend, { type: "resume" }), [503, 503, 503, 503]],
    ["one that was woken does not", stateAfter(suspend, { type: "awake" }), [ok, ok, 456, ok]],
  ])("%s", (_, state, expected) => {
    expect(manners(state)).toEqual(expected);
  });

  it.each([
    ["names the stack", "blue", ok],
    ["names it in another case, with blanks", " BLUE ", ok],
    ["names the other stack", "green", 456],
    ["is no stack at all", "purple", 456],
    ["is empty", "", 456],
  ])("looks at a strategy header that %s", (_, header, expected) => {
    expect(refusal(stateAfter(), arrival("blue", "new", header), 0)).toBe(expected);
    expect(refusal(stateAfter(), arrival("blue", "continue", header), 0)).toBe(expected);
  });

  it("lets the cluster service answer whatever the state", () => {
    const state = stateAfter(suspend, switchTo("green", true));
    expect(refusal(state, arrival("blue", "cluster", "green"), 0)).toBe(undefined);
  });
});

describe("newStrategy()", () => {
  const names = (state: Deployment, now = 0) => [newStrategy(state, "blue", now), newStrategy(state, "green", now)];

  it("is silent at first and after a switch", () => {
    expect(names(stateAfter())).toEqual([undefined, undefined]);
    expect(names(stateAfter(announceGreen, switchTo("green")))).toEqual([undefined, undefined]);
  });

  it("names the announced stack on the other one's responses", () => {
    expect(names(stateAfter(announceGreen))).toEqual(["green", undefined]);
  });

  it("names the active stack everywhere for a minute after an announcement was called off", () => {
    const state = stateAfter(announceGreen, { type: "announce", stack: null });
    expect(names(state, calledOffMs - 1)).toEqual(["blue", "blue"]);
    expect(names(state, calledOffMs)).toEqual([undefined, undefined]);
  });

  it("takes announcing the active stack for calling off", () => {
    const state = stateAfter(announceGreen, { type: "announce", stack: "blue" });
    expect(state.announced).toBe(null);
    expect(names(state)).toEqual(["blue", "blue"]);
  });

  it("says nothing when there was nothing to call off", () => {
    expect(names(stateAfter({ type: "announce", stack: null }))).toEqual([undefined, undefined]);
  });
});

describe("clusterStatus()", () => {
  it("resumes after its time", () => {
    const state = stateAfter(suspend, { type: "resume" });
    expect(clusterStatus(stateAfter(suspend), 0)).toBe("suspended");
    expect(clusterStatus(state, 4999)).toBe("resuming");
    expect(clusterStatus(state, 5000)).toBe("active");
  });

  it("fails where it was told to", () => {
    const state = stateAfter({ type: "suspend", resumeMs: 10, resumeFails: true }, { type: "resume" });
    expect(clusterStatus(state, 9)).toBe("resuming");
    expect(clusterStatus(state, 10)).toBe("failed");
  });

  it("does not begin a second resume, nor resume what is awake", () => {
    const resuming = stateAfter(suspend, { type: "resume" });
    expect(changeDeployment(resuming, { type: "resume" }, 4000)).toBe(resuming);
    expect(clusterStatus(stateAfter({ type: "resume" }), 0)).toBe("active");
  });
});

describe("stackRole()", () => {
  it("follows the switches", () => {
    expect([stackRole(stateAfter(), "blue"), stackRole(stateAfter(), "green")]).toEqual(["active", "standby"]);
    const switched = stateAfter(switchTo("green"));
    expect([stackRole(switched, "blue"), stackRole(switched, "green")]).toEqual(["draining", "active"]);
    const announcedBack = changeDeployment(switched, { type: "announce", stack: "blue" }, 0);
    expect(stackRole(announcedBack, "blue")).toBe("standby");
  });
});
