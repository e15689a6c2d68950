import { describe, expect, it } from "vitest";
import { callOf, routerFetch } from "../../test/router-fetch.ts";
import { QueryEngineService } from "../gen/e6x_engine_pb.ts";
import * as engine from "../gen/e6x_engine_tables.ts";
import { readOptions } from "../options.ts";
import type { Announcement } from "./announcements.ts";
import { createGatewayTransport } from "./gateway-transport.ts";

/** The calls whose answers have a place for the stack to come, as the protocol lists them. */
const announcing = [
  engine.authenticate,
  engine.prepareStatement,
  engine.prepareStatementV2,
  engine.executeStatement,
  engine.executeStatementV2,
  engine.getResultMetadata,
  engine.getNextResultBatch,
  engine.getNextResultBatchV2,
  engine.explainAnalyze,
  engine.explain,
  engine.clear,
  engine.cancelQuery,
  engine.clearOrCancelQuery,
  engine.status,
  engine.getSchemaNames,
  engine.getSchemaNamesV2,
  engine.getTables,
  engine.getTablesV2,
  engine.getColumns,
  engine.getColumnsV2,
] as const;

/** What the answer to a call announces, where the engine and the gateway say these. */
async function announcedBy(
  method: (typeof announcing)[number] | typeof engine.healthCheck,
  message: object,
  header?: string,
) {
  const heard: Announcement[] = [];
  const { localName } = QueryEngineService.methods.find(({ name }) => name === method.name) ?? {};
  const answer = routerFetch((router) => router.service(QueryEngineService, { [localName ?? ""]: () => message }));
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await answer(input, init);
    if (header !== undefined) response.headers.set("x-e6-new-strategy", header);
    return response;
  };
  const settings = readOptions({ url: "https://gateway.example.com", user: "ann", token: "t", fetch });
  const send = createGatewayTransport(settings, () => (announcement) => heard.push(announcement));
  await send<object, object>(callOf(method, {}, { route: { strategy: "blue", epoch: "e" } }));
  return heard;
}

describe("withAnnouncements()", () => {
  it.each(announcing)("hears of a stack to come by the message of $name", async (method) => {
    expect(await announcedBy(method, { newStrategy: " Green" })).toEqual([{ stack: "green", by: "message" }]);
  });

  it.each([...announcing, engine.healthCheck])(
    "hears of it by the gateway's header beside $name, above the message",
    async (method) => {
      expect(await announcedBy(method, { newStrategy: "blue" }, "GREEN")).toEqual([{ stack: "green", by: "header" }]);
    },
  );

  it("hears of nothing where an answer names no stack", async () => {
    expect(await announcedBy(engine.status, { newStrategy: "purple" }, "")).toEqual([
      { stack: undefined, by: "header" },
    ]);
  });
});
