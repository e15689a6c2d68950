import { readResultBatch } from "e6data-web/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  apacheArrowReadings,
  clickHouseReadings,
  flechetteReadings,
  jsonReadings,
  planetScaleReadings,
  trinoReadings,
} from "./peer-clients.ts";
import { makePeerData, type PeerData } from "./peer-data.ts";
import { checkReading, type PeerExpectation, type PeerReading, timedReading } from "./peer-reading.ts";
import { type PeerServer, startPeerServer } from "./peer-server.ts";

const fields = ["LONG", "DOUBLE", "STRING"].map((type) => ({ name: type.toLowerCase(), type, zone: "", format: "" }));
const page: [bigint, number, string][] = [
  [0n, 0.1, ""],
  [-(2n ** 53n) + 1n, -1.7976931348623157e308, 'line\none, "quoted", \\, ]],[['],
  [2n ** 53n - 1n, 5e-324, "Ω 統 😀"],
];
const expectation = { page, pages: 2, numbers: 2 };

let data: PeerData;
let server: PeerServer;

beforeAll(async () => {
  data = await makePeerData(fields, readResultBatch(encodePage(page), fields), expectation.pages);
  server = await startPeerServer(data);
});

afterAll(() => server[Symbol.asyncDispose]());

describe("startPeerServer()", () => {
  it.each([
    ["JSON.parse", jsonReadings],
    ["ClickHouse", clickHouseReadings],
    ["Trino", trinoReadings],
    ["PlanetScale", planetScaleReadings],
    ["flechette", flechetteReadings],
    ["apache-arrow", apacheArrowReadings],
  ])("sends %s the same rows", async (_, readingsOf) => {
    const readings = readingsOf(server.url);
    expect(readings.map(({ form }) => form)).toContain("rows");
    for (const reading of readings) {
      await checkReading(reading, expectation);
      expect(await timedReading(reading, 6).measure()).toBeGreaterThan(0);
    }
  });

  it("refuses what no peer asks", async () => {
    const ask = async (path: string, init?: RequestInit) => (await fetch(server.url + path, init)).status;
    expect(await ask("/", { method: "POST", body: "select 1 \nFORMAT JSON" })).toBe(400);
    expect(await ask("/v1/statement", { method: "POST", body: "select 1" })).toBe(401);
    expect(await ask("/v1/statement", { method: "POST", headers: { "x-trino-user": "bench" } })).toBe(400);
    expect(await ask("/psdb.v1alpha1.Database/Execute", { method: "POST", body: "{}" })).toBe(400);
    expect(await ask("/v1/query/bench")).toBe(404);
  });
});

describe("makePeerData()", () => {
  it("refuses integers that JSON's readers would round", async () => {
    const batch = readResultBatch(encodePage([[2n ** 53n, 1, ""]]), fields);
    await expect(makePeerData(fields, batch, 1)).rejects.toThrow("9007199254740992");
  });

  it("refuses a type that the peers have no name for", async () => {
    const dated = fields.map((field) => ({ ...field, type: field.type === "LONG" ? "DATE" : field.type }));
    await expect(makePeerData(dated, readResultBatch(encodePage(page), fields), 1)).rejects.toThrow("DATE");
  });
});

describe("checkReading()", () => {
  const rows = (seen: readonly (readonly unknown[])[]): PeerReading => ({
    name: "peer",
    form: "rows",
    read: () => Promise.resolve(seen),
  });
  const twice: readonly (readonly unknown[])[] = [...page, ...page];
  const replaced = (row: number, column: number, value: unknown) =>
    twice.map((values, index) => (index === row ? values.with(column, value) : values));

  it("takes integers of 64 bits in every form that is exact", async () => {
    await checkReading(rows(twice), expectation);
    await checkReading(rows(replaced(5, 0, 2 ** 53 - 1)), expectation);
    await checkReading(rows(replaced(5, 0, "9007199254740991")), expectation);
  });

  it.each([
    ["another integer", replaced(4, 0, 2 ** 53 - 1), "row 4"],
    ["a number as text", replaced(3, 1, "0.1"), "row 3"],
    ["another text", replaced(5, 2, "Ω 統"), "row 5"],
    ["a row without its last value", twice.map((values) => values.slice(0, 2)), "row 0"],
    ["a row too few", twice.slice(1), "row 0"],
    ["the last row missing", twice.slice(0, -1), "5 rows came of 6"],
    ["rows too many", [...twice, ...page], "9 rows came of 6"],
    ["no rows", [], "0 rows came of 6"],
  ])("refuses %s", async (_, seen, why) => {
    await expect(checkReading(rows(seen), expectation)).rejects.toThrow(why);
  });

  it("refuses an integer that was rounded", async () => {
    const large: PeerExpectation = { page: [[2n ** 53n + 1n]], pages: 1, numbers: 1 };
    await checkReading(rows([[2n ** 53n + 1n]]), large);
    await expect(checkReading(rows([[2 ** 53]]), large)).rejects.toThrow("row 0");
    await expect(checkReading(rows([["9007199254740992"]]), large)).rejects.toThrow("row 0");
  });

  it("refuses columns that are not all there", async () => {
    const reading: PeerReading = { name: "peer", form: "numbers", read: async () => [twice.map(([id]) => id)] };
    await expect(checkReading(reading, expectation)).rejects.toThrow("row 0");
  });
});

/** A batch as the engine sends it: a Thrift struct in the binary protocol, its fields each behind their type and number. */
function encodePage(rows: readonly [bigint, number, string][]): Uint8Array {
  const vectors = [
    vector(rows.length, { kind: 6, member: 3, item: 10 }, (index) => int64(rows[index]?.[0] ?? 0n)),
    vector(rows.length, { kind: 2, member: 6, item: 4 }, (index) => float64(rows[index]?.[1] ?? 0)),
    vector(rows.length, { kind: 7, member: 7, item: 11 }, (index) => {
      const text = Buffer.from(rows[index]?.[2] ?? "");
      return Buffer.concat([int32(text.length), text]);
    }),
  ];
  const list = [Buffer.of(12), int32(vectors.length), ...vectors];
  return Buffer.concat([field(8, 1), int32(rows.length), field(15, 2), ...list, Buffer.of(0)]);
}

function vector(
  size: number,
  { kind, member, item }: Readonly<Record<"kind" | "member" | "item", number>>,
  encode: (index: number) => Buffer,
): Buffer {
  const items = Array.from({ length: size }, (_, index) => encode(index));
  const values = [field(12, member), field(15, 1), Buffer.of(item), int32(size), ...items, Buffer.of(0, 0)];
  return Buffer.concat([
    ...[field(8, 1), int32(size), field(8, 2), int32(kind)],
    ...[field(15, 3), Buffer.of(2), int32(size), Buffer.alloc(size)],
    ...[field(12, 4), ...values],
    ...[field(2, 5), Buffer.of(0), Buffer.of(0)],
  ]);
}

const field = (type: number, id: number) => Buffer.of(type, 0, id);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
