import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { board } from "./board.ts";
import { grafanaJson } from "./grafana.ts";

const file = new URL("../../observability/grafana/e6data-gateway.json", import.meta.url);
const json = JSON.parse(JSON.stringify(grafanaJson(board)));

interface PlacedPanel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly repeat?: string;
}

/** The squares that a panel covers; a repeated one covers its whole line. */
function squaresOf({ gridPos: { x, y, w, h }, repeat }: PlacedPanel): readonly string[] {
  const width = repeat === undefined ? w : 24;
  return Array.from({ length: width * h }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`);
}

describe("the board", () => {
  it("is what the file holds: `node --conditions=e6data-source gateway/src/observability/write-board.ts` writes it", () => {
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(json);
  });

  it("has no panel over another, and none that is wider than the board", () => {
    const panels: readonly PlacedPanel[] = json.panels;
    const squares = panels.flatMap(squaresOf);
    expect(new Set(squares).size).toBe(squares.length);
    expect(squares.filter((square) => Number.parseInt(square, 10) >= 24)).toEqual([]);
    expect(panels.map(({ id }) => id)).toEqual(panels.map((_, index) => index + 1));
  });

  it("explains every panel, and shows each stack by panels of its own", () => {
    for (const { panels } of board.sections) {
      for (const { title, description, queries, isPerStack } of panels) {
        expect.soft(description, title).toMatch(/^[A-Z\d].*[.)]$/);
        expect.soft(title.includes("$strategy"), title).toBe(isPerStack === true);
        expect
          .soft(
            queries.every(({ expr }) => expr.includes('"$strategy"') === (isPerStack === true)),
            title,
          )
          .toBe(true);
      }
    }
  });

  it("asks only for the gateways that were chosen", () => {
    const exprs = board.sections.flatMap(({ panels }) =>
      panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
    );
    const selectors = exprs.flatMap((expr) =>
      [...expr.matchAll(/\b(?:envoy_\w+|up)(\{[^}]*\})?/g)].map(([all]) => all),
    );
    expect(selectors.length).toBeGreaterThan(30);
    expect(selectors.filter((selector) => !selector.includes('job=~"$job"'))).toEqual([]);
  });
});
