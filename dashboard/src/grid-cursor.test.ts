import { describe, expect, it } from "vitest";
import { moveCursor } from "./grid-cursor.ts";

const size = { rows: 101, columns: 4, page: 10 };
const middle = { row: 50, column: 2 };

function press(key: string, ctrlKey = false, from = middle) {
  return moveCursor(from, { key, ctrlKey, metaKey: false }, size);
}

describe("moveCursor()", () => {
  it.each([
    ["ArrowUp", false, { row: 49, column: 2 }],
    ["ArrowDown", false, { row: 51, column: 2 }],
    ["ArrowLeft", false, { row: 50, column: 1 }],
    ["ArrowRight", false, { row: 50, column: 3 }],
    ["PageUp", false, { row: 40, column: 2 }],
    ["PageDown", false, { row: 60, column: 2 }],
    ["Home", false, { row: 50, column: 0 }],
    ["End", false, { row: 50, column: 3 }],
    ["Home", true, { row: 0, column: 0 }],
    ["End", true, { row: 100, column: 3 }],
    ["ArrowUp", true, { row: 0, column: 2 }],
    ["ArrowDown", true, { row: 100, column: 2 }],
    ["ArrowLeft", true, { row: 50, column: 0 }],
    ["ArrowRight", true, { row: 50, column: 3 }],
  ])("%s (Ctrl: %s) moves to %o", (key, ctrlKey, target) => {
    expect(press(key, ctrlKey)).toEqual(target);
  });

  it("takes Cmd for Ctrl", () => {
    const key = { key: "End", ctrlKey: false, metaKey: true };
    expect(moveCursor(middle, key, size)).toEqual({ row: 100, column: 3 });
  });

  it.each(["ArrowUp", "ArrowLeft", "PageUp"])("%s stays in the first cell", (key) => {
    expect(press(key, false, { row: 0, column: 0 })).toEqual({ row: 0, column: 0 });
  });

  it.each(["ArrowDown", "ArrowRight", "PageDown"])("%s stays in the last cell", (key) => {
    expect(press(key, false, { row: 100, column: 3 })).toEqual({ row: 100, column: 3 });
  });

  it.each(["Tab", "Enter", "a"])("leaves %s to the browser", (key) => {
    expect(press(key)).toBeUndefined();
  });
});
