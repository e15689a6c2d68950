import { expect, type Page } from "@playwright/test";
import { test } from "./support/fixtures.ts";

/** How far the page is wider than the window, in pixels. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

for (const { name, width, height } of [
  { name: "a phone", width: 360, height: 640 },
  { name: "a wide window", width: 1600, height: 900 },
]) {
  test(`everything fits into ${name}; only the grid scrolls sideways`, async ({ console, page }) => {
    await page.setViewportSize({ width, height });
    expect(await overflow(page)).toBe(0);
    await console.signIn();
    await console.runSql("SELECT * FROM lineitem LIMIT 50");
    await expect(console.row(1)).not.toHaveCount(0);
    expect(await overflow(page)).toBe(0);
    await console.runSql(`SELECT ${"x".repeat(2000)}`);
    await expect(console.error).toBeVisible();
    expect(await overflow(page)).toBe(0);
    for (const control of [console.sql, console.run, page.getByRole("button", { name: "Disconnect" })]) {
      await control.scrollIntoViewIfNeeded();
      await expect(control).toBeInViewport({ ratio: 0.5 });
    }
  });
}

test("the page follows the system's colours", async ({ console, page }) => {
  await console.signIn();
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await background();
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await background()).not.toBe(light);
});
