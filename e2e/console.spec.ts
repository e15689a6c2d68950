import { expect } from "@playwright/test";
import { test } from "./support/fixtures.ts";

test("a query on the sample data fills the grid", async ({ console, road }) => {
  await console.signIn();
  await console.runSql("SELECT r_regionkey, r_name FROM region ORDER BY r_regionkey");
  await expect(console.grid.getByRole("columnheader")).toHaveText([/r_regionkey\s+INTEGER/, /r_name\s+STRING/]);
  await expect(console.row(1)).toHaveText(["0", "AFRICA"]);
  await expect(console.row(5)).toHaveText(["4", "MIDDLE EAST"]);
  await expect(console.result.getByTestId("answered-by")).toHaveText("Answered by blue");
  await expect(console.result).toContainText("5 rows");
  const prepared = road.mock.control.calls().findLast(({ rpc }) => rpc.startsWith("prepareStatement"));
  await expect(console.result).toContainText(prepared?.query ?? "no query was prepared");
});

test("every sample query runs", async ({ console }) => {
  await console.signIn();
  const samples = console.page.getByRole("navigation", { name: "Sample queries" }).getByRole("button");
  const count = await samples.count();
  expect(count).toBeGreaterThan(3);
  for (let index = 0; index < count; index++) {
    await samples.nth(index).click();
    await console.run.click();
    await expect(console.result).toHaveAttribute("data-run", "succeeded");
    await expect(console.row(1)).not.toHaveCount(0);
  }
});

test("values are exact, and NULL is not the text NULL", async ({ console }) => {
  await console.signIn();
  await console.runSql(`SELECT 9007199254740993 AS a_long, '12345678901234567890.0123456789'::DECIMAL(38, 10) AS a_decimal,
    TIMESTAMP '2024-02-29 12:34:56.789012' AS a_timestamp, 'NULL' AS a_text, NULL::VARCHAR AS nothing, ''::BLOB AS bytes`);
  await expect(console.row(1)).toHaveText([
    "9007199254740993",
    "12345678901234567890.0123456789",
    /^2024-02-29[ T]12:34:56\.789012/,
    "NULL",
    "NULL",
    "0x",
  ]);
  // The widest value decides how wide a column is: nothing is cut, no room is wasted.
  const space = await console
    .row(1)
    .nth(1)
    .evaluate((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      return cell.clientWidth - text.getBoundingClientRect().width;
    });
  expect(space).toBeGreaterThanOrEqual(24);
  expect(space).toBeLessThan(26);
  await expect(console.row(1).nth(3)).not.toHaveClass(/cell-null/);
  await expect(console.row(1).nth(4)).toHaveClass(/cell-null/);
});

test("a result of many batches arrives whole, and only what is in sight is in the page", async ({ console, road }) => {
  await console.signIn();
  await console.runSql("SELECT i AS n, 'row ' || i AS label FROM range(300000) AS t(i) ORDER BY i");
  await expect(console.result).toContainText("300,000 rows");
  const batches = road.mock.control.calls().filter(({ rpc }) => rpc.startsWith("getNextResultBatch"));
  expect(batches.length).toBeGreaterThan(2);
  await expect(console.grid).toHaveAttribute("aria-rowcount", "300001");
  expect(await console.grid.getByRole("row").count()).toBeLessThan(100);
  await console.grid.focus();
  await console.page.keyboard.press("Control+End");
  await expect(console.row(300_000)).toHaveText(["299999", "row 299999"]);
  await expect(console.row(1)).toHaveCount(0);
});

test("a result of many columns is walked to its last one, and only what is in sight is in the page", async ({
  console,
}) => {
  await console.signIn();
  const columns = Array.from({ length: 1000 }, (_, index) => `${index} AS c${index}`);
  await console.runSql(`SELECT ${columns.join(", ")} FROM range(100)`);
  await expect(console.result).toContainText("1,000 columns");
  await expect(console.grid).toHaveAttribute("aria-colcount", "1000");
  expect(await console.grid.getByRole("gridcell").count()).toBeLessThan(2000);
  await console.grid.focus();
  await console.page.keyboard.press("End");
  const last = console.grid.getByRole("columnheader", { name: "c999" });
  await expect(last).toBeInViewport({ ratio: 1 });
  await expect(last).toHaveAttribute("aria-colindex", "1000");
  await expect(console.row(1).last()).toHaveText("999");
  await console.page.keyboard.press("Home");
  await expect(console.grid.getByRole("columnheader", { name: "c0" })).toBeInViewport({ ratio: 1 });
});

test("a SQL error is shown with the engine's own text", async ({ console }) => {
  await console.signIn();
  await console.runSql("SELECT * FROM no_such_table");
  await expect(console.error).toContainText("SQL_ERROR");
  await expect(console.error).toContainText("no_such_table does not exist");
  // The next statement runs as if nothing had happened.
  await console.runSql("SELECT 1 AS one");
  await expect(console.row(1)).toHaveText(["1"]);
  await expect(console.error).toHaveCount(0);
});

test("a running statement is cancelled, also in the engine", async ({ console, road }) => {
  await console.signIn();
  // The first query of the sign-in is not the one to wait for.
  road.mock.control.clearCalls();
  await console.runSql(
    "SELECT count(*) FROM range(1000000000) AS a(i), range(1000000000) AS b(j) WHERE (i * j) % 7 = 3",
  );
  await expect.poll(() => road.mock.control.calls().some(({ rpc }) => rpc === "getResultMetadata")).toBe(true);
  await console.cancel.click();
  await expect(console.result).toContainText("You cancelled the statement");
  const executed = road.mock.control.calls().findLast(({ rpc }) => rpc.startsWith("executeStatement"));
  await expect
    .poll(() =>
      road.mock.control
        .calls()
        .filter(({ rpc }) => /cancel/i.test(rpc))
        .map(({ query }) => query),
    )
    .toContain(executed?.query);
  await expect.poll(() => road.mock.control.state().stacks.blue.queries).toBe(0);
  await console.runSql("SELECT 1 AS one");
  await expect(console.row(1)).toHaveText(["1"]);
});

test("a refused sign-in says so and keeps what was typed", async ({ console }) => {
  await console.user.fill("ada");
  await console.token.fill("wrong");
  await console.connect.click();
  await expect(console.error).toContainText("AUTHENTICATION_FAILED");
  await expect(console.user).toHaveValue("ada");
  await console.token.fill("right");
  await console.connect.click();
  await expect(console.sql).toBeVisible();
});

test("a bearer token signs in without a user", async ({ console, road }) => {
  await console.token.fill("a-bearer-token");
  await console.connect.click();
  await console.runSql("SELECT 1 AS one");
  await expect(console.row(1)).toHaveText(["1"]);
  const calls = road.mock.control.calls();
  expect(calls.map(({ rpc }) => rpc)).not.toContain("authenticate");
  expect(new Set(calls.map(({ authorization }) => authorization))).toEqual(new Set(["present"]));
});

test("the token is in no storage, no address and no message", async ({ console }) => {
  const { page } = console;
  const messages: string[] = [];
  page.on("console", (message) => messages.push(message.text()));
  await console.signIn();
  await console.runSql("SELECT 1 AS one");
  await expect(console.row(1)).toHaveText(["1"]);
  const kept = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, databases]);
  });
  expect(kept).not.toContain("token");
  expect(await page.content()).not.toContain("a token");
  expect(messages).toEqual([]);
});

test("disconnecting forgets the connection and its result", async ({ console, page }) => {
  await console.signIn();
  await console.runSql("SELECT 1 AS one");
  await expect(console.row(1)).toHaveText(["1"]);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect(console.connect).toBeVisible();
  await expect(console.token).toHaveValue("");
  await console.signIn();
  await expect(console.grid).toHaveCount(0);
});

test("the page may call its gateway and nothing else", async ({ console, road }) => {
  const reach = (url: string) =>
    fetch(url, { mode: "no-cors" }).then(
      () => "reached",
      () => "blocked",
    );
  expect(await console.page.evaluate(reach, road.probeUrl)).toBe("blocked");
  expect(await console.page.evaluate(reach, road.gateway.url)).toBe("reached");
  await console.page.getByLabel("Gateway").fill(road.probeUrl);
  await console.token.fill("a token");
  await console.connect.click();
  await expect(console.page.getByText("This page may only call")).toBeVisible();
});
