import { describe, expect, it } from "vitest";
import { errorCodes } from "./error-code.ts";

const pages = import.meta.glob<string>("../../docs/errors.md", { query: "?raw", import: "default", eager: true });
const sections = Object.values(pages)
  .join("")
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [title = "", ...lines] = section.split("\n");
    return { title, body: lines.join("\n") };
  })
  // Codes have no small letters; what else the page holds is told under headings that have.
  .filter(({ title }) => !/[a-z]/.test(title));

describe("errorCodes", () => {
  it("are the headings of docs/errors.md, in their order", () => {
    expect(sections.map(({ title }) => title)).toEqual([...errorCodes]);
  });

  it.each([...errorCodes])("%s is explained: what happened, likely why, what to do", (code) => {
    const body = sections.find(({ title }) => title === code)?.body ?? "";
    expect(body).toMatch(/\*\*What happened:\*\* \S[\s\S]*\*\*Likely why:\*\* \S[\s\S]*\*\*What to do:\*\* \S/);
  });
});
