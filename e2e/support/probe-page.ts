import type { Page } from "@playwright/test";
import type { CallEnd, ProbeApi, QueryEnd } from "../probe/probe.ts";

/** The probe page, driven from a test: calls from a real browser without the console between. */
export type Probe = ProbeApi & { readonly page: Page };

/** Opens the probe page at one of its two addresses. */
export async function openProbe(page: Page, probeUrl: string): Promise<Probe> {
  await page.goto(probeUrl);
  await page.waitForFunction(() => globalThis.probe !== undefined);
  return {
    page,
    call: (url, strategy) => page.evaluate(callInPage, [url, strategy] as const),
    query: (url, sql) => page.evaluate(queryInPage, [url, sql] as const),
  };
}

function callInPage([url, strategy]: readonly [string, "blue" | "green"]): Promise<CallEnd> {
  if (globalThis.probe === undefined) throw new Error("the probe is not there");
  return globalThis.probe.call(url, strategy);
}

function queryInPage([url, sql]: readonly [string, string]): Promise<QueryEnd> {
  if (globalThis.probe === undefined) throw new Error("the probe is not there");
  return globalThis.probe.query(url, sql);
}
