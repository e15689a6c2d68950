import type { Locator, Page } from "@playwright/test";

/** The console as its user sees it: by names and roles, never by the page's structure. */
export class ConsolePage {
  readonly page: Page;
  readonly user: Locator;
  readonly token: Locator;
  readonly connect: Locator;
  readonly sql: Locator;
  readonly run: Locator;
  readonly cancel: Locator;
  readonly grid: Locator;
  readonly error: Locator;
  /** The stack that gave the last answer, in the bar at the top. */
  readonly activeStack: Locator;
  /** What stands above the rows: stack, number of rows, time, query id. */
  readonly result: Locator;

  constructor(page: Page) {
    this.page = page;
    this.user = page.getByLabel("User", { exact: true });
    this.token = page.getByLabel("Token", { exact: true });
    this.connect = page.getByRole("button", { name: "Connect" });
    this.sql = page.getByLabel("SQL statement");
    this.run = page.getByRole("button", { name: "Run" });
    this.cancel = page.getByRole("button", { name: "Cancel" });
    this.grid = page.getByRole("grid");
    this.error = page.getByRole("alert");
    this.activeStack = page.getByLabel("Active stack");
    this.result = page.getByRole("region", { name: "Result" });
  }

  /** Fills in the form and connects; resolves when the editor is there. */
  async signIn(): Promise<void> {
    await this.user.fill("ada");
    await this.token.fill("a token");
    await this.connect.click();
    await this.sql.waitFor();
  }

  /** Runs a statement. What becomes of it is for the caller to wait for. */
  async runSql(sql: string): Promise<void> {
    await this.sql.fill(sql);
    await this.run.click();
  }

  /** The texts of one row of the grid, by its number from 1. */
  row(number: number): Locator {
    // The head is the first row.
    return this.grid.locator(`tr[aria-rowindex="${number + 1}"]`).getByRole("gridcell");
  }
}
