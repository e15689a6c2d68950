import { readdir, readFile } from "node:fs/promises";
import * as client from "e6data-web";
import * as arrow from "e6data-web/arrow";
import * as deployment from "e6data-web/deployment";
import * as kysely from "e6data-web/kysely";
import * as oauth from "e6data-web/oauth";
import * as telemetry from "e6data-web/telemetry";
import * as wire from "e6data-web/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "./lab.ts";

/** The doors that an application goes through, by what it imports. */
const doors = {
  "e6data-web": client,
  "e6data-web/arrow": arrow,
  "e6data-web/deployment": deployment,
  "e6data-web/kysely": kysely,
  "e6data-web/oauth": oauth,
  "e6data-web/telemetry": telemetry,
  "e6data-web/wire": wire,
};

/** Doors for those who build a gateway, an engine or a store: no application calls anything behind them. */
const otherDoors = ["e6data-web/headers", "e6data-web/proto", "e6data-web/store"];

let lab: Lab;
let sources: string;

beforeAll(async () => {
  const folder = new URL("suite/", import.meta.url);
  const files = (await readdir(folder)).filter((file) => !file.endsWith(".test.ts"));
  sources = (await Promise.all(files.map((file) => readFile(new URL(file, folder), "utf8")))).join("\n");
  lab = await startLab();
});

afterAll(async () => {
  // What did not start has nothing to close.
  await lab?.[Symbol.asyncDispose]();
});

/** The names whose values the suite imports from a door. */
function importedFrom(door: string): ReadonlySet<string> {
  const imports = sources.matchAll(/^import \{([^}]*)\} from "([^"]+)";/gm);
  const names = [...imports].flatMap(([, names = "", from]) => (from === door ? names.split(",") : []));
  return new Set(names.map((name) => name.trim()).filter((name) => !name.startsWith("type ")));
}

/** The sources without imports, comments and texts. */
function code(): string {
  return sources.replaceAll(/^import [^;]*;|^\s*(\/\/|\/?\*).*$|"(?:\\.|[^"\\\n])*"/gm, "");
}

/** What an object can be asked for: its own and its class's members, without those that have no name. */
function membersOf(object: object): string[] {
  const prototype: unknown = Object.getPrototypeOf(object);
  const isOwn = typeof prototype === "object" && prototype !== null && prototype !== Object.prototype;
  const names = Object.getOwnPropertyNames(object).filter((name) => name !== "constructor");
  return isOwn ? [...names, ...membersOf(prototype)] : names;
}

/** Those of the names that the suite nowhere takes from an object. */
function neverRead(names: readonly string[]): string[] {
  const text = code();
  return names.filter((name) => !new RegExp(`[.{,]\\s*${name}\\b`).test(text));
}

/** The options that a call knows: it tells when it is given one that it does not know. */
async function optionsOf(call: (options: object) => unknown): Promise<string[]> {
  const error: unknown = await (async () => call({ surprise: true }))().catch((reason: unknown) => reason);
  const [, names = ""] = /known (?:to .* )?are:? (.*)$/.exec(client.isE6Error(error) ? error.message : "") ?? [];
  return names.split(", ");
}

describe("the suite", () => {
  it("knows every door of the client", async () => {
    const manifest = JSON.parse(await readFile(new URL("../../client/package.json", import.meta.url), "utf8"));
    const names = Object.keys(manifest.exports).map((path) => `e6data-web${path.slice(1)}`);
    expect(names.toSorted()).toEqual([...Object.keys(doors), ...otherDoors].toSorted());
  });

  it.each(Object.entries(doors))("uses whatever %s exports", (door, exports) => {
    const used = importedFrom(door);
    expect(Object.keys(exports).filter((name) => !used.has(name))).toEqual([]);
  });

  it("uses every member of what the client hands out", async () => {
    const options = { url: lab.url, user: "ann", token: "secret" };
    await using connection = client.connect(options);
    await using pool = client.createPool(options);
    using lease = await pool.acquire();
    await using query = await connection.submit("select 1");
    await using stream = await connection.stream("select 1");
    await using cursor = connection.cursor();
    const result = await connection.query("select 1");
    const frame = client.dataFrame({ table: "nation" });
    const error = await connection.query("select\nnonsense").catch((reason: unknown) => Object(reason));
    const [column] = result.columns();
    using watch = deployment.watchDeployment(connection);
    const trail = deployment.openAuditTrail({ url: lab.url });
    const objects = {
      connection,
      cluster: connection.cluster,
      cursor,
      stream,
      query,
      result,
      pool,
      lease,
      frame,
      error,
    };
    const all = Object.entries({
      ...objects,
      column,
      strategy: connection.strategy,
      statistics: pool.statistics,
      watch,
      trail,
    });
    expect(all.map(([name, object]) => [name, neverRead(membersOf(Object(object)))])).toEqual(
      all.map(([name]) => [name, []]),
    );
  });

  it("uses every option of every call", async () => {
    await using connection = client.connect({ url: lab.url, user: "ann", token: "secret" });
    await using query = await connection.submit("select 1");
    const calls: Readonly<Record<string, (options: object) => unknown>> = {
      connect: (options) => client.connect({ url: lab.url, user: "ann", token: "secret", ...options }),
      createPool: (options) => client.createPool({ url: lab.url, user: "ann", token: "secret" }, options),
      query: (options) => connection.query("select 1", undefined, options),
      stream: (options) => connection.stream("select 1", undefined, options),
      submit: (options) => connection.submit("select 1", undefined, options),
      attach: (options) => connection.attach(query.handle(), options),
      handle: (options) => query.handle(options),
      cursor: (options) => connection.cursor(options),
      resumeAndWait: (options) => connection.cluster.resumeAndWait(options),
      identifyPlanner: (options) => connection.identifyPlanner("select 1", options),
      syncSchemas: (options) => connection.syncSchemas(options),
      watchDeployment: (options) => deployment.watchDeployment(connection, options),
      openAuditTrail: (options) => deployment.openAuditTrail({ url: lab.url, ...options }),
      logDeployment: (options) => deployment.logDeployment(console, options),
      logQueries: (options) => telemetry.logQueries(console, options),
      traceQueries: (options) => telemetry.traceQueries({ startSpan: () => Object(undefined) }, options),
    };
    for (const [call, make] of Object.entries(calls)) {
      const options = await optionsOf(make);
      expect(options, `the options of ${call}`).not.toEqual([""]);
      expect(neverRead(options), `the options of ${call} that the suite does not use`).toEqual([]);
    }
  });

  it("meets every error code", () => {
    const missing = client.errorCodes.filter((errorCode) => !sources.includes(`code: "${errorCode}"`));
    // It reaches a caller as the cause of others only: PERMISSION_DENIED, RESULT_INTERRUPTED or STALE_HANDLE.
    expect(missing).toEqual(["SESSION_EXPIRED"]);
  });
});
