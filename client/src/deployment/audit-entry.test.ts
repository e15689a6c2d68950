import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AuditEntry, addSwitch, readTrail } from "./audit-entry.ts";

const toGreen: AuditEntry = { at: 100_000, from: "blue", to: "green", tookMs: 2_000 };
const toBlue: AuditEntry = { at: 200_000, from: "green", to: "blue", tookMs: undefined };

const trailOf = (...entries: readonly AuditEntry[]) =>
  entries.reduce<readonly AuditEntry[]>((trail, entry) => addSwitch(trail, entry, 10), []);

describe("addSwitch()", () => {
  it("keeps switches in the order of their times, whenever they are told", () => {
    expect(trailOf(toGreen, toBlue)).toEqual([toGreen, toBlue]);
    expect(trailOf(toBlue, toGreen)).toEqual([toGreen, toBlue]);
  });

  it.each<[string, AuditEntry]>([
    ["at the same time", toGreen],
    ["a moment later, by a tab that made it too", { ...toGreen, at: toGreen.at + 4_999 }],
    ["a moment earlier", { ...toGreen, at: toGreen.at - 4_999 }],
    ["by a tab that had known nothing", { ...toGreen, from: undefined, tookMs: undefined }],
    ["much later, by a tab that had known nothing", { ...toGreen, at: toGreen.at + 50_000, from: undefined }],
  ])("adds no switch a second time that is told %s", (_case, again) => {
    const trail = trailOf(toGreen, toBlue);
    expect(addSwitch(trail, again, 10)).toBe(trail);
  });

  it("adds the same way a second time, once it was a switch of its own", () => {
    const again = { ...toGreen, at: toGreen.at + 5_000 };
    expect(trailOf(toGreen, again)).toEqual([toGreen, again]);
    const afterBoth = { ...toGreen, at: 300_000 };
    expect(trailOf(toGreen, toBlue, afterBoth)).toEqual([toGreen, toBlue, afterBoth]);
  });

  it("keeps two switches of one millisecond", () => {
    expect(trailOf(toGreen, { ...toBlue, at: toGreen.at })).toHaveLength(2);
  });

  it("keeps the fuller account of a switch", () => {
    const bare = { ...toGreen, from: undefined, tookMs: undefined };
    expect(trailOf(bare, toGreen)).toEqual([toGreen]);
    expect(trailOf(toBlue, bare, toGreen)).toEqual([toGreen, toBlue]);
  });

  it("keeps the last ones", () => {
    const later = { ...toGreen, at: 300_000 };
    expect([toGreen, toBlue, later].reduce<readonly AuditEntry[]>((all, one) => addSwitch(all, one, 2), [])).toEqual([
      toBlue,
      later,
    ]);
  });

  it("makes the same trail of what many tabs tell, in any order and any number of times", () => {
    const real = Array.from({ length: 6 }, (_, index): AuditEntry => {
      const [from, to] = index % 2 === 0 ? (["blue", "green"] as const) : (["green", "blue"] as const);
      return { at: 100_000 * (index + 1), from, to, tookMs: undefined };
    });
    const told = fc.array(fc.constantFrom(...real), { maxLength: 30 });
    fc.assert(
      fc.property(told, (entries) => {
        const expected = real.filter((entry) => entries.includes(entry));
        expect(trailOf(...entries)).toEqual(expected);
      }),
    );
  });
});

describe("readTrail()", () => {
  it("reads what was written", () => {
    const trail = [toGreen, toBlue, { ...toBlue, from: undefined }];
    expect(readTrail(structuredClone(trail))).toEqual(trail);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", "[]"],
    ["an object", { length: 1, 0: toGreen }],
    ["null", null],
    ["entries that are none", [null, 1, "x", {}, []]],
    ["a time that is none", [{ ...toGreen, at: Number.NaN }]],
    ["a stack that is none", [{ ...toGreen, to: "red" }]],
    ["a former stack that is none", [{ ...toGreen, from: "red" }]],
  ])("leaves out %s", (_case, value) => {
    expect(readTrail(value)).toEqual([]);
  });

  it("takes no more of an entry than it knows", () => {
    expect(readTrail([{ ...toGreen, user: "ann", tookMs: "long" }])).toEqual([{ ...toGreen, tookMs: undefined }]);
  });
});
