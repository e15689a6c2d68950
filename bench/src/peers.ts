import { startGateway } from "@e6data-web/gateway";
import { connect } from "e6data-web";
import { readResultBatch, readResultMetadata } from "e6data-web/wire";
import type { Benchmark } from "./benchmark.ts";
import { type DecodeInput, makeDecodeInput, pythonWithConnector, withRowCount } from "./decode-input.ts";
import { measureRounds, type Timing } from "./measure.ts";
import {
  apacheArrowReadings,
  clickHouseReadings,
  clientReadings,
  flechetteReadings,
  jsonReadings,
  planetScaleReadings,
  sql,
  trinoReadings,
} from "./peer-clients.ts";
import { makePeerData } from "./peer-data.ts";
import { checkReading, type PeerReading, timedReading } from "./peer-reading.ts";
import { startServers } from "./start-servers.ts";

const rowsOfPage = 100_000;
/** A page is measured in a tenth of the time, and so more often. */
const sizes = [
  { pages: 1, rounds: { warmUp: 3, counted: 21 } },
  { pages: 10, rounds: { warmUp: 2, counted: 7 } },
];
/** PlanetScale's servers return no more. */
const planetScaleRows = 100_000;

/** What is compared with what: the client's reading of a form is the measure of all others of that form. */
const forms: readonly (readonly [PeerReading["form"], string])[] = [
  ["rows", "all rows, held at the same time"],
  ["turn", "rows in turn, each let go of"],
  ["numbers", "columns of numbers, no text made"],
  ["columns", "all columns, their text made"],
];

/** Equal rows by the peers' own clients, from the network to JavaScript's values, beside this client behind Envoy. */
export const peersBenchmark: Benchmark = {
  name: "peers",
  about: "LONG, DOUBLE, STRING by the peers' clients from stand-ins of their servers, and by this client through Envoy",
  run: async () => {
    const input = await makeDecodeInput(await pythonWithConnector(), rowsOfPage);
    const reports: string[][] = [];
    for (const size of sizes) reports.push(await compare(input, size));
    return reports.flat();
  },
};

async function compare(input: DecodeInput, { pages, rounds }: (typeof sizes)[number]): Promise<string[]> {
  const { fields } = readResultMetadata(input.metadata);
  const page = readResultBatch(input.batch, fields);
  const rowCount = rowsOfPage * pages;
  const metadata = withRowCount(input.metadata, rowCount);
  const batches = new Array<Uint8Array>(pages).fill(input.batch);
  await using servers = await startServers({
    sql,
    result: { metadata, batches },
    data: await makePeerData(fields, page, pages),
  });
  const { blue, green, peersUrl } = servers.place;
  await using gateway = await startGateway({ blue, green });
  await using connection = connect({ url: gateway.url, user: "bench", token: "bench" });
  const readings = [
    ...clientReadings(connection),
    ...jsonReadings(peersUrl),
    ...clickHouseReadings(peersUrl),
    ...trinoReadings(peersUrl),
    ...(rowCount > planetScaleRows ? [] : planetScaleReadings(peersUrl)),
    ...flechetteReadings(peersUrl),
    ...apacheArrowReadings(peersUrl),
  ];
  const numbers = fields.filter(({ type }) => type !== "STRING").length;
  for (const reading of readings) await checkReading(reading, { page: page.rows(), pages, numbers });
  const subjects = readings.map((reading) => timedReading(reading, rowCount));
  const timings = await measureRounds(subjects, rounds);
  return [
    `${rowCount} rows, ${rowsOfPage} a page; ${rounds.counted} interleaved rounds after ${rounds.warmUp} to warm up; values compared before`,
    ...report(readings, timings),
    "",
  ];
}

/** A block for each form: the client's line first, and every line as so many times the client's. */
function report(readings: readonly PeerReading[], timings: ReadonlyMap<string, Timing>): string[] {
  return forms.flatMap(([form, title]) => {
    const seen = readings
      .filter((reading) => reading.form === form)
      .map(({ name }) => timings.get(name))
      .filter((timing) => timing !== undefined);
    return [
      "",
      line(title, ["median", "min  ms", "/ client", "of minima"]),
      ...seen.map((timing) => row(timing, seen[0])),
    ];
  });
}

function row({ name, median, min }: Timing, client: Timing | undefined): string {
  const ratios = client === undefined ? [] : [median / client.median, min / client.min];
  return line(name, [...[median, min].map((time) => time.toFixed(1)), ...ratios.map((ratio) => ratio.toFixed(2))]);
}

function line(name: string, cells: readonly string[]): string {
  return name.padEnd(36) + cells.map((cell) => cell.padStart(10)).join("");
}
