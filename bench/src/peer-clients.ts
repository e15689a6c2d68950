import { createClient } from "@clickhouse/client-web";
import { connect as connectPlanetScale } from "@planetscale/database";
import * as flechette from "@uwdata/flechette";
import * as arrow from "apache-arrow";
import type { Connection } from "e6data-web";
import { BasicAuth, type QueryData, Trino } from "trino-client";
import { readRows, streamRows } from "./client-readings.ts";
import { peerPaths } from "./peer-answers.ts";
import type { PeerReading } from "./peer-reading.ts";

/** The statement that all clients send, and all servers answer with the same rows. */
export const sql = "select * from replayed";

/** This client: its rows are arrays of exact values, a bigint for each integer of 64 bits; plain values have numbers, as JSON has. */
export function clientReadings(connection: Connection): readonly PeerReading[] {
  const columns = async () => (await connection.query(sql)).columns();
  return [
    { name: "client, rows", form: "rows", read: () => readRows(connection, sql) },
    {
      name: "client, rows of plain values",
      form: "rows",
      read: async () => (await connection.query(sql)).rows({ dialect: "plain" }),
    },
    { name: "client, rows in turn", form: "turn", read: (visit) => streamRows(connection, sql, visit) },
    {
      name: "client, numbers",
      form: "numbers",
      read: async () => (await columns()).filter(({ type }) => type !== "STRING").map((column) => column.toArray()),
    },
    { name: "client, columns", form: "columns", read: async () => (await columns()).map((column) => column.toArray()) },
  ];
}

/** Neither client nor protocol: the rows as one JSON document. */
export function jsonReadings(url: string): readonly PeerReading[] {
  const read = async () => {
    const rows: readonly unknown[][] = JSON.parse(await (await fetch(url + peerPaths.json)).text());
    return rows;
  };
  return [{ name: "fetch and JSON.parse, rows", form: "rows", read }];
}

/** ClickHouse's client for browsers, with its format of the least overhead that it can stream. */
export function clickHouseReadings(url: string): readonly PeerReading[] {
  const client = createClient({ url, username: "bench", password: "bench" });
  const query = () => client.query({ query: sql, format: "JSONCompactEachRow" });
  return [
    { name: "ClickHouse, rows", form: "rows", read: async () => (await query()).json<unknown[]>() },
    {
      name: "ClickHouse, rows in turn",
      form: "turn",
      read: async (visit) => {
        for await (const rows of (await query()).stream<unknown[]>()) {
          for (const row of rows) visit(row.json());
        }
      },
    },
  ];
}

/** Trino's client, which hands out pages of rows. */
export function trinoReadings(url: string): readonly PeerReading[] {
  const client = Trino.create({ server: url, auth: new BasicAuth("bench") });
  return [
    {
      name: "Trino, rows",
      form: "rows",
      read: async () => {
        const rows: QueryData[] = [];
        for await (const { data = [] } of await client.query(sql)) {
          for (const row of data) rows.push(row);
        }
        return rows;
      },
    },
    {
      name: "Trino, rows in turn",
      form: "turn",
      read: async (visit) => {
        for await (const { data = [] } of await client.query(sql)) data.forEach(visit);
      },
    },
  ];
}

/** PlanetScale's client for edge functions. */
export function planetScaleReadings(url: string): readonly PeerReading[] {
  const target = new URL(url);
  const connection = connectPlanetScale({ url: `http://bench:bench@${target.host}` });
  const read = async () => (await connection.execute(sql, null, { as: "array" })).rows;
  return [{ name: "PlanetScale, rows", form: "rows", read }];
}

/** The small reader of Arrow, over the bytes of a plain fetch. */
export function flechetteReadings(url: string): readonly PeerReading[] {
  const table = async () => flechette.tableFromIPC(await fetchArrow(url), { useBigInt: true });
  const isNumber = ({ type }: flechette.Column<unknown>) => type.typeId !== flechette.Type.Utf8;
  return [
    { name: "flechette, rows", form: "rows", read: async () => (await table()).toArray() },
    {
      name: "flechette, numbers",
      form: "numbers",
      read: async () => (await table()).children.filter(isNumber).map((column) => column.toArray()),
    },
    {
      name: "flechette, columns",
      form: "columns",
      read: async () => (await table()).children.map((column) => column.toArray()),
    },
  ];
}

/** Arrow's own reader. Its rows are views of the table until they are made into objects. */
export function apacheArrowReadings(url: string): readonly PeerReading[] {
  const vectors = async () => {
    const table = arrow.tableFromIPC(await fetchArrow(url));
    return table.schema.fields.map((_, index) => table.getChildAt(index)).filter((vector) => vector !== null);
  };
  return [
    {
      name: "apache-arrow, rows",
      form: "rows",
      read: async () =>
        arrow
          .tableFromIPC(await fetchArrow(url))
          .toArray()
          .map((row) => row.toJSON()),
    },
    {
      name: "apache-arrow, numbers",
      form: "numbers",
      read: async () =>
        (await vectors()).filter(({ type }) => !arrow.DataType.isUtf8(type)).map((vector) => vector.toArray()),
    },
    {
      name: "apache-arrow, columns",
      form: "columns",
      read: async () => (await vectors()).map((vector) => vector.toArray()),
    },
  ];
}

async function fetchArrow(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url + peerPaths.arrow)).arrayBuffer());
}
