import { expect } from "@playwright/test";
import { test } from "./support/fixtures.ts";

test("the keyboard alone connects, runs, walks the grid, cancels and leaves", async ({ console, page }) => {
  const { keyboard } = page;
  const tabTo = async (target: typeof console.sql) => {
    await expect(async () => {
      await keyboard.press("Tab");
      await expect(target).toBeFocused({ timeout: 100 });
    }).toPass({ intervals: [0] });
  };

  await tabTo(console.user);
  await keyboard.type("ada");
  await tabTo(console.token);
  await keyboard.type("a token");
  await keyboard.press("Enter");
  await expect(console.sql).toBeFocused();

  await keyboard.press("Control+A");
  await keyboard.type("SELECT n_nationkey, n_name FROM nation ORDER BY n_nationkey");
  await keyboard.press("Control+Enter");
  await expect(console.row(1)).toHaveText(["0", "ALGERIA"]);
  // The editor keeps the focus: one goes on writing.
  await expect(console.sql).toBeFocused();

  await tabTo(console.run);
  await keyboard.press("Tab");
  await expect(console.grid).toBeFocused();
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowRight");
  const current = page.locator(`#${await console.grid.getAttribute("aria-activedescendant")}`);
  await expect(current).toHaveText("ARGENTINA");
  await expect(current).toHaveCSS("outline-style", "solid");

  await console.sql.focus();
  await keyboard.press("Control+A");
  await keyboard.type(
    "SELECT count(*) FROM range(1000000000) AS a(i), range(1000000000) AS b(j) WHERE (i * j) % 7 = 3",
  );
  await keyboard.press("Control+Enter");
  await expect(console.cancel).toBeVisible();
  await keyboard.press("Escape");
  await expect(console.result).toContainText("You cancelled the statement");

  const disconnect = page.getByRole("button", { name: "Disconnect" });
  await expect(async () => {
    await keyboard.press("Shift+Tab");
    await expect(disconnect).toBeFocused({ timeout: 100 });
  }).toPass({ intervals: [0] });
  await keyboard.press("Enter");
  await expect(console.user).toBeFocused();
});

test("a missing token is said at its field, which gets the focus", async ({ console }) => {
  await console.user.fill("ada");
  await console.connect.click();
  await expect(console.token).toBeFocused();
  await expect(console.token).toHaveAttribute("aria-invalid", "true");
  await expect(console.token).toHaveAccessibleDescription("Give a token.");
});

test("a screen reader hears how a run ended", async ({ console, page }) => {
  await console.signIn();
  await console.runSql("SELECT 1 AS one");
  await expect(page.getByRole("status").filter({ hasText: /^1 row in .* from blue\.$/ })).toHaveCount(1);
});
