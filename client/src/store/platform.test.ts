import { describe, expect, it } from "vitest";
import { type PlatformScope, platformOf } from "./platform.ts";

/** The scope of a page that a test shows and hides. */
function createPage() {
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const scope = Object.assign(new EventTarget(), { document });
  const heard: string[] = [];
  const undo = platformOf(scope as unknown as PlatformScope).watchPage(
    () => heard.push("back"),
    () => heard.push("away"),
  );
  const play = (target: EventTarget, type: string, persisted?: boolean) => {
    heard.length = 0;
    target.dispatchEvent(Object.assign(new Event(type), persisted === undefined ? {} : { persisted }));
    return heard.slice();
  };
  return { document, scope, undo, play };
}

describe("platformOf().watchPage()", () => {
  it("tells of a page that is seen again, not of one that is hidden", () => {
    const { document, play } = createPage();
    expect(play(document, "visibilitychange")).toEqual(["back"]);
    document.visibilityState = "hidden";
    expect(play(document, "visibilitychange")).toEqual([]);
  });

  it("tells of a page that is woken up", () => {
    const { document, play } = createPage();
    expect(play(document, "resume")).toEqual(["back"]);
  });

  it("tells of a page that goes into the back/forward cache, or comes out, not of one that is loaded or left for good", () => {
    const { scope, play } = createPage();
    expect(play(scope, "pagehide", true)).toEqual(["away"]);
    expect(play(scope, "pageshow", true)).toEqual(["back"]);
    expect(play(scope, "pagehide", false)).toEqual([]);
    expect(play(scope, "pageshow", false)).toEqual([]);
  });

  it("tells of nothing any more once it is undone", () => {
    const { document, scope, undo, play } = createPage();
    undo();
    expect(play(document, "visibilitychange")).toEqual([]);
    expect(play(document, "resume")).toEqual([]);
    expect(play(scope, "pagehide", true)).toEqual([]);
    expect(play(scope, "pageshow", true)).toEqual([]);
  });

  it("does nothing where there is no page", () => {
    expect(platformOf(new EventTarget()).watchPage(expect.fail, expect.fail)()).toBeUndefined();
  });
});
