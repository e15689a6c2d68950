import { GatewayError } from "../gateway-error.ts";
import { parseExposition, type Scrape } from "./exposition.ts";
import type { GatewayScrapes } from "./gateway-scrapes.ts";
import { tallyFilter } from "./read-tally.ts";

/** Bytes of one gateway's numbers; a busy one has a fiftieth. */
const maxBytes = 8 * 1024 * 1024;

/** What was heard of the gateways, and what is wrong with those that gave nothing. */
export interface ScrapeResult {
  readonly scrapes: GatewayScrapes;
  readonly problems: ReadonlyMap<string, string>;
}

/** Asks every gateway at once for its numbers, each for `timeout` milliseconds at most. Never rejects. */
export async function scrapeGateways(gateways: readonly string[], timeout: number): Promise<ScrapeResult> {
  const problems = new Map<string, string>();
  const answers = await Promise.all(
    gateways.map(async (gateway) => {
      const scrape = await scrapeGateway(gateway, timeout).catch((error: unknown) => {
        problems.set(gateway, describe(error));
        return undefined;
      });
      return [gateway, scrape] as const;
    }),
  );
  return { scrapes: new Map(answers), problems };
}

async function scrapeGateway(gateway: string, timeout: number): Promise<Scrape> {
  const url = `${gateway}/stats/prometheus?usedonly&filter=${encodeURIComponent(tallyFilter)}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout), redirect: "manual" });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new GatewayError("METRICS_UNREADABLE", `it answers HTTP ${response.status}`);
  }
  return parseExposition(await readText(response.body));
}

async function readText(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxBytes) {
      throw new GatewayError("METRICS_UNREADABLE", `it gives more than ${maxBytes} bytes`);
    }
  }
  return text;
}

/** Node hides why a connection failed in the cause. */
function describe(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  const [outer, inner] = [error, cause].map((one) => (one instanceof Error ? one.message : ""));
  return inner ? `${outer}: ${inner}` : outer || String(error);
}
