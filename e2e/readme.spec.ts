import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import { test } from "./support/fixtures.ts";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("..", import.meta.url));

test("the README's code runs and prints what its comments say", async ({ road }) => {
  const readme = await readFile(`${repository}README.md`, "utf8");
  const code = /^```ts\n(.*?)^```$/ms.exec(readme)?.[1] ?? "";
  expect(readme.slice(0, readme.indexOf(code)).split("\n").length).toBeLessThan(30);
  const address = "http://127.0.0.1:8080";
  expect(code).toContain(address);

  const here = code.replace(address, road.gateway.url);
  const { stdout } = await run(
    process.execPath,
    ["--conditions=e6data-source", "--input-type=module-typescript", "--eval", here],
    { cwd: `${repository}e2e`, timeout: 20_000, env: { ...process.env, FORCE_COLOR: "0" } },
  );
  const lines = stdout.trim().split("\n");
  expect(lines[0]).toBe("[ 'n_name STRING', 'n_regionkey INTEGER' ]");
  expect(lines[1]).toBe("ALGERIA 0");
  expect(lines.at(-1)).toBe("answered by blue");
});
