import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const tokens = readFileSync(new URL("tokens.css", import.meta.url), "utf8");

// WCAG 2.2: 1.4.3 asks 4.5 for text, 1.4.11 asks 3 for what shows where a control is or that it has the focus.
const text = 4.5;
const shape = 3;

const schemes = { light: colours(0), dark: colours(1) };

const pairs: readonly (readonly [foreground: string, background: string, least: number])[] = [
  ...["ink", "ink-soft", "ink-faint"].flatMap((ink) =>
    ["canvas", "surface", "surface-raised", "surface-sunken"].map((ground) => [ink, ground, text] as const),
  ),
  ["ink", "accent-tint", text],
  ["ink-soft", "accent-tint", text],
  ["on-accent", "accent", text],
  ["on-accent", "accent-strong", text],
  ["blue-ink", "blue-tint", text],
  ["green-ink", "green-tint", text],
  ["danger-ink", "danger-tint", text],
  ["danger-ink", "surface", text],
  ["ink", "danger-tint", text],
  ["ink-soft", "danger-tint", text],
  ["warning-ink", "surface-raised", text],
  ["accent", "surface", shape],
  ["accent", "canvas", shape],
  ["accent", "surface-sunken", shape],
  ["line-strong", "surface", shape],
  ["blue-mark", "blue-tint", shape],
  ["green-mark", "green-tint", shape],
];

describe.each(Object.entries(schemes))("tokens.css, %s", (_, colour) => {
  it.each(pairs)("%s stands out from %s by %d", (foreground, background, least) => {
    expect(contrast(colour(foreground), colour(background))).toBeGreaterThanOrEqual(least);
  });
});

/** Reads the light (0) or the dark (1) colours: `--name: light-dark(#rrggbb, #rrggbb);` */
function colours(scheme: 0 | 1): (name: string) => string {
  const pattern = /--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g;
  const found = new Map([...tokens.matchAll(pattern)].map(([, name, light, dark]) => [name, [light, dark][scheme]]));
  return (name) => {
    const value = found.get(name);
    if (value === undefined) throw new Error(`tokens.css has no colour --${name}`);
    return value;
  };
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
