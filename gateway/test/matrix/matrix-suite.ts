import { randomUUID } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller, Cause, GatewayKind, HttpVersion, Way } from "./cause.ts";
import { causes } from "./causes.ts";
import { bundlePage } from "./chromium.ts";
import { expectClient, expectNative, expectWeb, expectWire } from "./expectations.ts";
import { type Lab, type LabTls, startLab } from "./lab.ts";
import { openChromium, openNode, openWires, type ReadyClient, type Road, type Wires } from "./roads.ts";
import { callWire, headerCall } from "./wire-call.ts";

/** One call of one caller: one test. */
interface Cell {
  readonly title: string;
  readonly cause: Cause;
  readonly way: Way;
  readonly kind: GatewayKind;
}

/** What a caller meets over a version of HTTP, of all causes. */
function cellsOf(caller: Caller, version: HttpVersion): readonly Cell[] {
  const usual = caller === "native" ? "h2" : version;
  return causes.flatMap((cause) =>
    cause.ways
      .filter(({ by, over = usual }) => version === over && (by?.includes(caller) ?? true))
      .map((way) => ({ title: `${cause.what}: ${way.name}`, cause, way, kind: way.at ?? "usual" })),
  );
}

/** Whether nothing else may go on meanwhile: not where others would be harmed, nor where there is a state to be had by one at a time. */
const isAlone = ({ way, kind }: Cell): boolean => way.isAlone === true || kind === "narrow";

/** Makes a test of each cell: side by side, since many of them wait, but for those that share a state. */
function testCells(
  caller: Caller,
  version: HttpVersion,
  run: (cell: Cell, given: typeof expect) => Promise<void>,
): void {
  for (const cell of cellsOf(caller, version)) {
    (isAlone(cell) ? it : it.concurrent)(cell.title, ({ expect: given }) => run(cell, given));
  }
}

/** Which programs reach the gateways how. Browsers speak HTTP/2 with TLS only. */
function roadsOf(isTls: boolean) {
  return [
    { runtime: "Node", version: "h1", open: openNode },
    { runtime: "Node", version: "h2", open: openNode },
    { runtime: "Chromium", version: "h1", open: openChromium },
    ...(isTls ? [{ runtime: "Chromium", version: "h2", open: openChromium } as const] : []),
  ] as const;
}

/**
 * Makes every call of the matrix, of each caller over each version of HTTP: in clear text, or with TLS. What is special about a caller, a
 * cause or a gateway is data: see `causes.ts`.
 */
export function testMatrix(makeTls?: () => Promise<LabTls & AsyncDisposable>): void {
  const how = makeTls === undefined ? "in clear text" : "with TLS";
  const parts = new AsyncDisposableStack();
  const roads = roadsOf(makeTls !== undefined);
  let lab: Lab;
  let open: readonly OpenRoad[];

  beforeAll(async () => {
    const tls = makeTls && parts.use(await makeTls());
    if (tls !== undefined) {
      setDefaultCACertificates([...getCACertificates(), tls.ca]);
    }
    lab = parts.use(await startLab(tls));
    const script = await bundlePage();
    open = await Promise.all(roads.map(async (road) => openRoad(await road.open(lab, road.version, script), parts)));
    await lab.fill();
  });

  afterAll(() => parts.disposeAsync());

  const roadOf = (index: number): OpenRoad => {
    const road = open[index];
    if (road === undefined) throw new Error("the road is not open");
    return road;
  };

  describe.each(["h1", "h2"] as const)(`%s ${how}, on the wire`, (version) => testWires(() => lab, version));

  for (const [index, { runtime, version }] of roads.entries()) {
    describe(`${version} ${how}, in ${runtime}`, () =>
      testPrograms(
        () => lab,
        version,
        () => roadOf(index),
      ));
  }

  // Last of all: of the calls that were made by then.
  describe(`all of them ${how}`, () => {
    it("have spoken the version of HTTP that they say, in Chromium, which chooses by itself", () => {
      const watched = roads.map(({ version }, index) => ({ version, spoken: roadOf(index).road.protocols?.() }));
      const chosen = watched.filter(({ spoken }) => spoken !== undefined);
      expect(chosen).toEqual(chosen.map(({ version }) => ({ version, spoken: new Set([version]) })));
      expect(chosen.length).toBe(roads.length - 2);
    });

    it("have met no filter that failed: Envoy lets a call pass then, so that nobody would notice", async () => {
      for (const [kind, { adminUrl }] of Object.entries(lab.gateways)) {
        const stats = await (await fetch(`${adminUrl}/stats?filter=lua.*errors`)).text();
        const failed = stats.split("\n").filter((line) => !/^(.*\.errors: 0)?$/.test(line));
        expect.soft(failed, kind).toEqual([]);
        expect.soft(stats, kind).toContain("lua.error_map.errors: 0");
      }
    });
  });
}

/** A road, and clients on it that have signed in while that was possible. */
interface OpenRoad {
  readonly road: Road;
  readonly signedIn: Readonly<Partial<Record<GatewayKind, ReadyClient>>>;
}

async function openRoad(road: Road, parts: AsyncDisposableStack): Promise<OpenRoad> {
  parts.use(road);
  const limited = parts.use(await road.openClient("limited"));
  return { road, signedIn: { limited, full: parts.use(await road.openClient("full")) } };
}

function testWires(lab: () => Lab, version: HttpVersion): void {
  let wires: Wires;
  beforeAll(() => {
    wires = openWires(lab(), version);
  });
  afterAll(() => wires?.[Symbol.asyncDispose]());

  describe.each(["wire", "native"] as const)("%s", (caller) => {
    testCells(caller, version, async ({ cause, way, kind }, given) => {
      await using _arranged = await lab().arrange(kind);
      const call = randomUUID();
      const answer = await callWire(await wires.to(kind), way.order, caller, call);
      if (caller === "wire") {
        expectWire(given, cause, way, version, answer);
      } else {
        expectNative(given, cause, way, answer);
      }
      const heard = lab()
        .calls()
        .filter(({ [headerCall]: id }) => id === call).length;
      given.soft(heard).toBe(way.heard ?? cause.heard);
    });
  });
}

function testPrograms(lab: () => Lab, version: HttpVersion, open: () => OpenRoad): void {
  describe("connect-web", () => {
    testCells("web", version, async ({ cause, way, kind }, given) => {
      await using _arranged = await lab().arrange(kind);
      expectWeb(given, cause, way, await open().road.callWeb(kind, way.order));
    });
  });

  describe("the client", () => {
    testCells("client", version, async ({ cause, way, kind }, given) => {
      const { road, signedIn } = open();
      await using parts = new AsyncDisposableStack();
      const client = signedIn[kind] ?? parts.use(await road.openClient(kind));
      parts.use(await lab().arrange(kind));
      expectClient(given, cause, way, await client.run(way.order));
    });
  });
}
