import type { PeerData } from "./peer-data.ts";

/** What a peer's client asks its server. */
export interface PeerAsk {
  readonly method: string;
  /** Scheme, host and path, as the client wrote them. */
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** What it hears. */
export interface PeerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces, sent one behind the other. A piece may be there more than once. */
  readonly body: readonly Uint8Array[];
}

/** Where each peer's protocol begins. */
export const peerPaths = {
  arrow: "/rows.arrow",
  clickHouse: "/",
  json: "/rows.json",
  planetScale: "/psdb.v1alpha1.Database/Execute",
  trino: "/v1/statement",
};

const json = { "content-type": "application/json" };

/** The answer that a peer's own server would give, as far as its client looks at it. What no peer asks is refused. */
export function answerPeer(data: PeerData, ask: PeerAsk): PeerAnswer {
  switch (`${ask.method} ${ask.url.pathname}`) {
    case `GET ${peerPaths.json}`:
      return { status: 200, headers: json, body: [text("["), ...repeated(data.jsonRows, data.pages), text("]")] };
    case `GET ${peerPaths.arrow}`:
      return {
        status: 200,
        headers: { "content-type": "application/vnd.apache.arrow.stream" },
        body: [data.arrow],
      };
    case `POST ${peerPaths.clickHouse}`:
      return answerClickHouse(data, ask);
    case `POST ${peerPaths.planetScale}`:
      return answerPlanetScale(data, ask);
    case `POST ${peerPaths.trino}`:
      return answerTrino(ask);
  }
  const [, page] = /^\/v1\/statement\/executing\/bench\/(\d+)$/.exec(ask.url.pathname) ?? [];
  if (ask.method === "GET" && page !== undefined) return answerTrinoPage(data, ask, Number(page));
  return refused(404, `${ask.method} ${ask.url.pathname} is no part of a peer's protocol`);
}

/** ClickHouse's HTTP interface: the statement in the body, the format named at its end, a row a line. */
function answerClickHouse(data: PeerData, { body }: PeerAsk): PeerAnswer {
  const format = "JSONCompactEachRow";
  if (!body.endsWith(`FORMAT ${format}`)) return refused(400, `only the format ${format} is served`);
  const headers = { "content-type": "application/x-ndjson; charset=UTF-8", "x-clickhouse-format": format };
  return { status: 200, headers, body: new Array<Uint8Array>(data.pages).fill(data.jsonLines) };
}

/** PlanetScale's HTTP interface: all rows in one JSON document, each as one text and the lengths of its values. */
function answerPlanetScale(data: PeerData, { body }: PeerAsk): PeerAnswer {
  const { query }: { query?: unknown } = JSON.parse(body);
  if (typeof query !== "string") return refused(400, "a query is missing");
  // As MySQL numbers them: 63 is for numbers, 255 for text in UTF-8.
  const fields = data.fields.map(({ name, vitess }) => ({
    name,
    type: vitess,
    charset: vitess === "VARCHAR" ? 255 : 63,
  }));
  const head = `{"session":{},"timing":0,"result":{"fields":${JSON.stringify(fields)},"rows":[`;
  return { status: 200, headers: json, body: [text(head), ...repeated(data.vitessRows, data.pages), text("]}}")] };
}

/** Trino's client protocol: a statement is accepted without rows, and says where the first of its pages is. */
function answerTrino(ask: PeerAsk): PeerAnswer {
  if (ask.header("x-trino-user") === undefined) return refused(401, "a user is missing");
  if (ask.body === "") return refused(400, "a statement is missing");
  const accepted = { ...trinoHead(ask, 1), stats: { state: "QUEUED" } };
  return { status: 200, headers: json, body: [text(JSON.stringify(accepted))] };
}

/** Each page says where the next is; the one behind the last rows is empty, and says of none. */
function answerTrinoPage(data: PeerData, ask: PeerAsk, page: number): PeerAnswer {
  const columns = data.fields.map(({ name, trino }) => ({ name, type: trino }));
  if (page > data.pages) {
    const { nextUri: _, ...head } = trinoHead(ask, page);
    const end = { ...head, columns, stats: { state: "FINISHED" } };
    return { status: 200, headers: json, body: [text(JSON.stringify(end))] };
  }
  const head = JSON.stringify({ ...trinoHead(ask, page + 1), columns, stats: { state: "RUNNING" } });
  const body = [text(`${head.slice(0, -1)},"data":[`), data.jsonRows, text("]}")];
  return { status: 200, headers: json, body };
}

function trinoHead({ url }: PeerAsk, next: number) {
  return {
    id: "bench",
    infoUri: `${url.origin}/ui/query.html?bench`,
    nextUri: `${url.origin}/v1/statement/executing/bench/${next}`,
  };
}

function refused(status: number, why: string): PeerAnswer {
  return { status, headers: { "content-type": "text/plain" }, body: [text(why)] };
}

function repeated(part: Uint8Array, times: number): Uint8Array[] {
  const comma = text(",");
  return Array.from({ length: times }, (_, index) => (index === 0 ? [part] : [comma, part])).flat();
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
