import { describe, expect, it } from "vitest";
import { exposition } from "../../test/call-counts.ts";
import { serveHttp } from "../../test/serve-http.ts";
import { scrapeGateways } from "./scrape-gateways.ts";

describe("scrapeGateways()", () => {
  it("asks each for what it needs, and nothing else", async () => {
    const urls: (string | undefined)[] = [];
    const gateway = await serveHttp((request, response) => {
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
    const good = await serveHttp((_, response) => response.end("a 1\n"));
    const refusing = await serveHttp((_, response) => response.writeHead(403).end());
    const page = await serveHttp((_, response) => response.end("<html>\n"));
    const endless = await serveHttp((_, response) => {
      const more = () => {
        while (response.write("a 1\n".repeat(100_000))) {
          // Until it has to wait.
        }
      };
      response.on("drain", more);
      more();
    });
    const closed = await serveHttp((request) => request.socket.destroy());
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
    const refusing = await serveHttp((_, response) => {
      response.once("close", closed.resolve);
      response.writeHead(503).write("sorry");
    });
    const { problems } = await scrapeGateways([refusing], 600_000);
    expect(problems.get(refusing)).toBe("it answers HTTP 503");
    await closed.promise;
  });

  it("waits for nobody longer than it may", async () => {
    const silent = await serveHttp(() => undefined);
    const { problems } = await scrapeGateways([silent], 30);
    expect(problems.get(silent)).toMatch(/timeout/i);
  });
});
