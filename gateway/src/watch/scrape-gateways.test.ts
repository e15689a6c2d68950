import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { exposition } from "../../test/call-counts.ts";
import { scrapeGateways } from "./scrape-gateways.ts";

/** Something that answers as a gateway's own interface. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

describe("scrapeGateways()", () => {
  it("asks each for what it needs, and nothing else", async () => {
    const urls: (string | undefined)[] = [];
    const gateway = await serve((request, response) => {
      urls.push(request.url);
      response.end(exposition({ stack: "green", count: 3 }));
    });
    const { scrapes, problems } = await scrapeGateways([gateway], 5000);
    expect(problems.size).toBe(0);
    expect([...(scrapes.get(gateway)?.values() ?? [])][0]).toMatchObject({ name: "envoy_e6_calls", value: 3 });
    const { pathname, searchParams } = new URL(urls[0] ?? "", gateway);
    expect([urls.length, pathname, searchParams.has("usedonly")]).toEqual([1, "/stats/prometheus", true]);
    expect("e6.calls.strategy.green").toMatch(new RegExp(searchParams.get("filter") ?? "^$"));
  });

  it("says of each what is wrong with it, and keeps to the others", async () => {
    const good = await serve((_, response) => response.end("a 1\n"));
    const refusing = await serve((_, response) => response.writeHead(403).end());
    const page = await serve((_, response) => response.end("<html>\n"));
    const endless = await serve((_, response) => {
      const more = () => {
        while (response.write("a 1\n".repeat(100_000))) {
          // Until it has to wait.
        }
      };
      response.on("drain", more);
      more();
    });
    const closed = await serve((request) => request.socket.destroy());
    const { scrapes, problems } = await scrapeGateways([good, refusing, page, endless, closed], 20_000);
    expect([...scrapes].filter(([, scrape]) => scrape !== undefined).map(([gateway]) => gateway)).toEqual([good]);
    expect([...problems]).toEqual(
      expect.arrayContaining([
        [refusing, "it answers HTTP 403"],
        [page, "line 1 of the metrics is not in Prometheus' text format"],
        [endless, "it gives more than 8388608 bytes"],
        [closed, "fetch failed: other side closed"],
      ]),
    );
  });

  it("leaves no answer half read", async () => {
    const closed = Promise.withResolvers<void>();
    const refusing = await serve((_, response) => {
      response.once("close", closed.resolve);
      response.writeHead(503).write("sorry");
    });
    const { problems } = await scrapeGateways([refusing], 600_000);
    expect(problems.get(refusing)).toBe("it answers HTTP 503");
    await closed.promise;
  });

  it("waits for nobody longer than it may", async () => {
    const silent = await serve(() => undefined);
    const { problems } = await scrapeGateways([silent], 30);
    expect(problems.get(silent)).toMatch(/timeout/i);
  });
});
