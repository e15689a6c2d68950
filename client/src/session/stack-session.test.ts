import { describe, expect, it } from "vitest";
import { StackSession } from "./stack-session.ts";

describe("StackSession", () => {
  it("takes a refreshed id in place of the one that was sent", () => {
    const session = new StackSession("blue", "s1");
    session.refresh("s1", "s2");
    expect(session.id).toBe("s2");
  });

  it("keeps a newer id when the answer to an older call comes late", () => {
    const session = new StackSession("blue", "s1");
    session.refresh("s1", "s3");
    session.refresh("s1", "s2");
    expect(session.id).toBe("s3");
  });

  it("never takes an id where a token signs in", () => {
    const session = new StackSession("blue", "");
    session.refresh("", "s1");
    expect(session.id).toBe("");
  });

  it("shows no id to JSON.stringify", () => {
    expect(JSON.stringify(new StackSession("blue", "s1"))).not.toContain("s1");
  });
});
