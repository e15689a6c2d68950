import type { CDPSession, Page } from "@playwright/test";

/** Measures what a page keeps in memory. */
export interface PageMemory {
  /**
   * Bytes that the page's scripts hold at this moment: objects, what the platform keeps for them, and the contents of
   * `ArrayBuffer`s. Garbage is collected first: how much of that Chromium lets lie is its own affair, and as much after a bare
   * `fetch()` of the same bytes.
   */
  held(): Promise<number>;
}

/** The memory of a page, by Chromium's own protocol. */
export async function openPageMemory(page: Page): Promise<PageMemory> {
  const session: CDPSession = await page.context().newCDPSession(page);
  return {
    async held() {
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize, embedderHeapUsedSize, backingStorageSize } = await session.send("Runtime.getHeapUsage");
      return usedSize + embedderHeapUsedSize + backingStorageSize;
    },
  };
}
