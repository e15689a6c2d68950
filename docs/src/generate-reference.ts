import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { Application, Converter, LogLevel, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { nameByDoor, nameUnions, orderWords } from "./reference-names.ts";

/** The doors of the client: each is a page. `e6data-web/proto` is generated code, without words of its own. */
const entries = ["index", "arrow", "kysely", "telemetry", "deployment", "oauth", "store", "wire", "headers"] as const;

/** Methods whose meaning OpenTelemetry tells. */
const openTelemetry = [
  "Counter.add",
  "Histogram.record",
  "Meter.createCounter",
  "Meter.createHistogram",
  "Span.addEvent",
  "Span.end",
  "Span.setAttributes",
  "Span.spanContext",
  "Tracer.startSpan",
].map((method) => `telemetry.${method}`);

/** What of Temporal's classes is used: they are known by their own names. */
const temporal = ["PlainDateLike", "PlainDateTimeLike", "InstantLike", "ZonedDateTimeLike", "DurationLike"];

/** A page is read in an editor or on a forge: tables rather than a heading for each property, links that hold there. */
const form: Partial<PluginOptions> = {
  entryFileName: "README",
  flattenOutputFiles: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  // Headings that differ in case alone: forges and the generator do not count them alike.
  useHTMLAnchors: true,
  expandObjects: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  typeAliasPropertiesFormat: "table",
  typeDeclarationFormat: "table",
  propertyMembersFormat: "table",
  indexFormat: "table",
  tableColumnSettings: {
    hideModifiers: true,
    hideSources: true,
    hideInherited: true,
    hideOverrides: true,
    leftAlignHeaders: true,
  },
};

/**
 * Makes the reference of the client's doc comments and puts it into `folder`, a Markdown page for each entry. The same sources give the
 * same pages, on any machine. Rejects where an export has no doc comment, a link leads nowhere, or an exported type names one that
 * is not exported.
 */
export async function generateReference(folder: string): Promise<void> {
  const client = fileURLToPath(new URL("../../client/", import.meta.url));
  const options: Partial<TypeDocOptions> = {
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: entries.map((entry) => `${client}src/${entry}.ts`),
    tsconfig: `${client}tsconfig.json`,
    // The client's own compiler, which is another, checks its types.
    skipErrorChecking: true,
    out: folder,
    logLevel: "Warn",
    name: "Reference",
    readme: "none",
    router: "module",
    sort: ["alphabetical"],
    sortEntryPoints: false,
    groupOrder: ["Functions", "Interfaces", "Classes", "Type Aliases", "Variables", "*"],
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    validation: { notExported: true, invalidLink: true, notDocumented: true, rewrittenLink: true },
    intentionallyNotDocumented: openTelemetry,
    intentionallyNotExported: temporal,
    requiredToBeDocumented: ["Class", "Interface", "TypeAlias", "Function", "Variable", "Method", "Accessor"],
    ...form,
  };
  const app = await Application.bootstrapWithPlugins(options);
  const problems: string[] = [];
  app.logger.log = (message, level) => {
    if (level >= LogLevel.Warn) problems.push(stripVTControlCharacters(message));
  };
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, orderWords);
  const project = await app.convert();
  if (project !== undefined) {
    app.validate(project);
    nameByDoor(project);
    nameUnions(project);
    if (problems.length === 0) await app.generateOutputs(project);
  }
  if (problems.length > 0) throw new Error(`the doc comments of the client:\n${problems.join("\n")}`);
}
