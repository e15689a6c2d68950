import { GatewayError } from "../gateway-error.ts";

/** One number of a scrape. */
export interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** The numbers of a scrape, each by its name and labels as they were written. */
export type Scrape = ReadonlyMap<string, Series>;

const line = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? ([^ ]+)(?: -?\d+)?$/;
const label = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

/**
 * Reads the text format in which Prometheus is given its numbers
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Throws `METRICS_UNREADABLE` for anything else: half a
 * scrape is none.
 */
export function parseExposition(text: string): Scrape {
  const scrape = new Map<string, Series>();
  for (const [index, content] of text.split("\n").entries()) {
    if (content !== "" && !content.startsWith("#")) {
      const series = parseLine(content);
      if (series === undefined) {
        throw new GatewayError(
          "METRICS_UNREADABLE",
          `line ${index + 1} of the metrics is not in Prometheus' text format`,
        );
      }
      scrape.set(content.slice(0, content.indexOf(" ", content.lastIndexOf("}") + 1)), series);
    }
  }
  return scrape;
}

function parseLine(content: string): Series | undefined {
  const [, name, written = "", number = ""] = line.exec(content) ?? [];
  const labels = parseLabels(written);
  const value = parseNumber(number);
  return name === undefined || labels === undefined || value === undefined ? undefined : { name, labels, value };
}

function parseLabels(written: string): ReadonlyMap<string, string> | undefined {
  const labels = new Map<string, string>();
  let length = 0;
  for (const [whole, name = "", value = ""] of written.matchAll(label)) {
    labels.set(
      name,
      value.replaceAll(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character)),
    );
    length += whole.length;
  }
  return length === written.length ? labels : undefined;
}

/** As Go writes them. `NaN` is no number that could be compared, and so no scrape. */
function parseNumber(text: string): number | undefined {
  if (/^[+-]?Inf$/.test(text)) {
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return /^[+-]?(\d|\.\d)[\d.e+-]*$/i.test(text) && !Number.isNaN(Number(text)) ? Number(text) : undefined;
}
