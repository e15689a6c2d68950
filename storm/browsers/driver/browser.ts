import type { PageApi } from "../page/page-api.ts";

/** A tab with the page in it. */
export interface Tab {
  /** Calls a function of the page and waits for its end. Rejects as it does, and where the page is gone. */
  call<Name extends keyof PageApi>(
    name: Name,
    ...args: Parameters<PageApi[Name]>
  ): Promise<Awaited<ReturnType<PageApi[Name]>>>;
  /** Loads the page anew; what ran in it is lost. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** A browser whose tabs share an origin's data. */
export interface Browser extends AsyncDisposable {
  /** Opens a tab with the page at this address and waits until its script has run. */
  openTab(url: string): Promise<Tab>;
}
