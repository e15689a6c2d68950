/**
 * A small model of a Grafana board, and what Grafana reads of it. Panels are laid out from left to right, as wide as
 * each says, 24 to a line.
 */

/** One query of a panel. */
export interface Query {
  readonly expr: string;
  /** The name of each of its lines, with labels as `{{label}}`. */
  readonly legend: string;
}

/** What one panel shows. */
export interface Panel {
  readonly title: string;
  /** What a reader should make of it, in a sentence or two. */
  readonly description: string;
  readonly kind: "timeseries" | "stat";
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of 24. */
  readonly width: number;
  /** A value from which on something is wrong: a figure turns red there, and a dashed line stands there among lines. */
  readonly redFrom?: number;
  /** The same below a value. */
  readonly redBelow?: number;
  /** Whether the panel is there once for each stack, side by side. */
  readonly isPerStack?: boolean;
}

/** Panels under a heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A variable whose values are those that a label has. */
export interface LabelVariable {
  readonly name: string;
  readonly title: string;
  /** Grafana's `label_values(…)`. */
  readonly query: string;
}

/** A whole board. */
export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly LabelVariable[];
  /** The stacks of panels that are there once for each. */
  readonly stacks: readonly string[];
  readonly sections: readonly Section[];
}

const columns = 24;
const panelHeight = 8;

const datasource = { type: "prometheus", uid: "$datasource" };

/** The JSON of a board, as Grafana imports it. */
export function grafanaJson(board: Board): object {
  return {
    uid: board.uid,
    title: board.title,
    description: board.description,
    tags: ["e6data"],
    schemaVersion: 39,
    editable: true,
    // One cross-hair over all panels: what happened at a flip is read across them.
    graphTooltip: 1,
    time: { from: "now-1h", to: "now" },
    refresh: "10s",
    templating: { list: [dataSourceVariable, ...board.variables.map(labelVariable), stackVariable(board.stacks)] },
    annotations: { list: [] },
    panels: layOut(board.sections).map((placed, index) => ({ id: index + 1, ...placed })),
  };
}

const dataSourceVariable = { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" };

function labelVariable({ name, title, query }: LabelVariable): object {
  const all = { multi: true, includeAll: true, current: { text: ["All"], value: ["$__all"] } };
  return {
    name,
    label: title,
    type: "query",
    datasource,
    query: { query, refId: name },
    definition: query,
    refresh: 2,
    ...all,
  };
}

function stackVariable(stacks: readonly string[]): object {
  const options = stacks.map((stack) => ({ text: stack, value: stack, selected: true }));
  const current = { text: stacks, value: stacks };
  return { name: "strategy", label: "Stack", type: "custom", query: stacks.join(","), options, current, multi: true };
}

function layOut(sections: readonly Section[]): readonly object[] {
  let y = 0;
  return sections.flatMap(({ title, panels }) => {
    const row = { type: "row", title, collapsed: false, panels: [], gridPos: { x: 0, y, w: columns, h: 1 } };
    y += 1;
    let x = 0;
    const placed = panels.map((panel) => {
      // One that is repeated has its line to itself.
      const taken = panel.isPerStack === true ? columns : panel.width;
      if (x + taken > columns) {
        x = 0;
        y += panelHeight;
      }
      const place = { ...panelJson(panel), gridPos: { x, y, w: panel.width, h: panelHeight } };
      x += taken;
      return place;
    });
    y += panelHeight;
    return [row, ...placed];
  });
}

function panelJson(panel: Panel): object {
  const { title, description, kind, unit, queries } = panel;
  return {
    type: kind,
    title,
    description,
    datasource,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      datasource,
      expr,
      legendFormat: legend,
      instant: kind === "stat",
      range: kind !== "stat",
    })),
    fieldConfig: { defaults: { unit, min: 0, ...colours(panel), custom: lines(panel) }, overrides: [] },
    options: kind === "stat" ? statOptions : timeSeriesOptions,
    ...(panel.isPerStack === true && { repeat: "strategy", repeatDirection: "h", maxPerRow: columns / panel.width }),
  };
}

function lines({ kind, redFrom, redBelow }: Panel): object {
  const threshold = { thresholdsStyle: { mode: redFrom === undefined && redBelow === undefined ? "off" : "dashed" } };
  return kind === "timeseries" ? { lineWidth: 1, fillOpacity: 10, showPoints: "never", ...threshold } : {};
}

function colours({ redFrom, redBelow }: Panel): object {
  const steps =
    redFrom !== undefined
      ? [
          { color: "green", value: null },
          { color: "red", value: redFrom },
        ]
      : [
          { color: "red", value: null },
          { color: "green", value: redBelow },
        ];
  return redFrom === undefined && redBelow === undefined ? {} : { thresholds: { mode: "absolute", steps } };
}

const statOptions = {
  reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
  colorMode: "value",
  graphMode: "none",
};

const timeSeriesOptions = {
  legend: { displayMode: "table", placement: "bottom", calcs: ["lastNotNull", "max"] },
  tooltip: { mode: "multi", sort: "desc" },
};
