import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mock, startMock } from "../src/index.ts";
import { createPythonDriver } from "./python-driver.ts";

/** A result of `client/vectors`: see its README. */
interface Vector {
  readonly metadata: string;
  readonly batches: readonly string[];
  readonly columns: readonly (readonly unknown[])[];
}

const docs = new URL("../../docs/", import.meta.url);
const [, table = ""] = readFileSync(new URL("coming-from-python.md", docs), "utf8").split(
  "## Values that the connector gets wrong",
);

/** What the page says: the value, what the connector makes of it, what it is, and in which vector. */
const claims = table
  .split("\n")
  .filter((line) => line.includes("../client/vectors/") && line.startsWith("|"))
  .map((line) => {
    const [, value = "", wrong = "", exact = "", file = ""] = line.split("|").map((cell) => cell.trim());
    return { value, wrong: inCode(wrong), exact: inCode(exact), file: /\]\(([^)]+)\)/.exec(file)?.[1] ?? "" };
  });

function inCode(cell: string): string {
  return /`([^`]+)`/.exec(cell)?.[1] ?? "";
}

let mock: Mock;
let runPython: Awaited<ReturnType<typeof createPythonDriver>>;

beforeAll(async () => {
  runPython = await createPythonDriver();
  mock = await startMock({ scale: 0.001 });
});

afterAll(() => mock.close());

describe("values that the public Python connector gets wrong", () => {
  it("are told in docs/coming-from-python.md", () => {
    expect(claims).toHaveLength(7);
  });

  it.each(claims)("still are: $value", async ({ wrong, exact, file }) => {
    const vector: Vector = JSON.parse(readFileSync(fileURLToPath(new URL(file, docs)), "utf8"));
    const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
    mock.replay(file, { metadata: bytes(vector.metadata), batches: vector.batches.map(bytes) });
    const row = (vector.columns[0] ?? []).findIndex((value) => (Object(value).text ?? value) === exact);
    expect(row).toBeGreaterThanOrEqual(0);
    const answer = runPython("rows", { port: mock.blue.port, sql: file });
    if (wrong === "IndexError") {
      await expect(answer).rejects.toThrow("IndexError");
      return;
    }
    // The driver answers with the rows, and tags decimals.
    const { rows } = (await answer) as { readonly rows: readonly (readonly unknown[])[] };
    const [value] = rows[row] ?? [];
    expect(Object(value).decimal ?? value).toBe(wrong);
  });
});
