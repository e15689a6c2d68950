import { expect } from "@playwright/test";
import { test } from "./support/fixtures.ts";

const statement = "SELECT count(*) AS nations FROM nation";

test("an announced switch between two queries moves the second one, without an error", async ({ console, road }) => {
  const { control } = road.mock;
  await console.signIn();
  await console.runSql(statement);
  await expect(console.result.getByTestId("answered-by")).toContainText("blue");
  await expect(console.activeStack).toHaveText("blue");

  control.announce("green");
  await road.gateway.apply({ active: "blue", announced: "green" });
  control.switch("green");
  await road.gateway.apply({ active: "green" });

  await console.run.click();
  await expect(console.result.getByTestId("answered-by")).toContainText("green");
  await expect(console.activeStack).toHaveText("moved from blue to green");
  await expect(console.row(1)).toHaveText(["25"]);
  await expect(console.error).toHaveCount(0);

  await console.run.click();
  await expect(console.activeStack).toHaveText("green");
});

test("a switch that nobody announced is survived too, and so is the way back", async ({ console, road }) => {
  await console.signIn();
  await expect(console.activeStack).toHaveText("blue");
  for (const stack of ["green", "blue"] as const) {
    road.mock.control.switch(stack, { hard: true });
    await console.runSql(statement);
    await expect(console.result.getByTestId("answered-by")).toContainText(stack);
    await expect(console.error).toHaveCount(0);
    const executed = road.mock.control.calls().findLast(({ rpc }) => rpc.startsWith("executeStatement"));
    expect(executed?.stack).toBe(stack);
  }
});

test("a statement that runs during the switch ends where it began, the next one runs on the new stack", async ({
  console,
  road,
}) => {
  const { control } = road.mock;
  await console.signIn();
  control.clearCalls();
  control.faults([{ rpc: "getResultMetadata", stack: "blue", delayMs: 1000 }]);
  await console.runSql(statement);
  await expect.poll(() => control.calls().some(({ rpc }) => rpc === "getResultMetadata")).toBe(true);
  control.switch("green");
  await road.gateway.apply({ active: "green" });
  await expect(console.row(1)).toHaveText(["25"]);
  await expect(console.result.getByTestId("answered-by")).toContainText("blue");
  const ofQueries = control.calls().filter(({ query }) => query !== undefined);
  expect(new Set(ofQueries.map(({ stack }) => stack))).toEqual(new Set(["blue"]));
  await console.run.click();
  await expect(console.result.getByTestId("answered-by")).toContainText("green");
  await expect(console.error).toHaveCount(0);
});

test("a suspended cluster is named, and works again once it is awake", async ({ console, road }) => {
  await console.signIn();
  road.mock.control.suspend();
  await console.runSql(statement);
  await expect(console.error).toContainText("CLUSTER_SUSPENDED");
  await expect(console.error).toContainText("The cluster is suspended");
  road.mock.control.resume();
  await console.run.click();
  await expect(console.row(1)).toHaveText(["25"]);
});

test("two stacks that are down for a moment are waited for, and nobody sees an error", async ({ console, road }) => {
  await console.signIn();
  for (const stack of ["blue", "green"] as const) await road.mock.control.setStack(stack, { up: false });
  await console.runSql(statement);
  await expect(console.cancel).toBeVisible();
  await road.mock.control.setStack("blue", { up: true });
  await expect(console.row(1)).toHaveText(["25"], { timeout: 20_000 });
  await expect(console.error).toBeHidden();
});
