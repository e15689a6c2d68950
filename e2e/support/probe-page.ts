import type { Page } from "@playwright/test";
import type { CallEnd, ProbeApi, QueryEnd } from "../probe/probe.ts";
import type { StreamOrder, StreamProgress } from "../probe/read-stream.ts";

/** The probe page, driven from a test: calls from a real browser without the console between. */
export interface Probe {
  readonly page: Page;
  call(...given: Parameters<ProbeApi["call"]>): Promise<CallEnd>;
  query(...given: Parameters<ProbeApi["query"]>): Promise<QueryEnd>;
  startReading(order: StreamOrder): Promise<void>;
  readingProgress(): Promise<StreamProgress>;
  abortReading(): Promise<number>;
}

/** Opens the probe page at one of its two addresses. */
export async function openProbe(page: Page, probeUrl: string): Promise<Probe> {
  await page.goto(probeUrl);
  await page.waitForFunction(() => globalThis.probe !== undefined);
  const probe = await page.evaluateHandle(() => {
    if (globalThis.probe === undefined) throw new Error("the probe is not there");
    return globalThis.probe;
  });
  return {
    page,
    call: (...given) => probe.evaluate((api, [url, strategy]) => api.call(url, strategy), given),
    query: (...given) => probe.evaluate((api, [url, sql]) => api.query(url, sql), given),
    startReading: (order) => probe.evaluate((api, given) => api.startReading(given), order),
    readingProgress: () => probe.evaluate((api) => api.readingProgress()),
    abortReading: () => probe.evaluate((api) => api.abortReading()),
  };
}
