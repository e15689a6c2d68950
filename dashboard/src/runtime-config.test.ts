import { describe, expect, it } from "vitest";
import { fallbackConfig, loadRuntimeConfig, parseRuntimeConfig } from "./runtime-config.ts";

describe("parseRuntimeConfig()", () => {
  it("reads both fields", () => {
    const config = { gatewayUrl: "https://gateway.example", connectOrigins: ["https://gateway.example"] };
    expect(parseRuntimeConfig(config)).toEqual(config);
  });

  it.each([null, 1, "text", [], {}, { gatewayUrl: 1 }, { connectOrigins: [1] }])("falls back for %j", (json) => {
    expect(parseRuntimeConfig(json)).toEqual(fallbackConfig);
  });
});

describe("loadRuntimeConfig()", () => {
  it("reads what the server says", async () => {
    const load = () => Promise.resolve(Response.json({ gatewayUrl: "https://gateway.example" }));
    expect(await loadRuntimeConfig(load)).toEqual({ gatewayUrl: "https://gateway.example" });
  });

  it.each([
    ["an error page", () => Promise.resolve(Response.json({ gatewayUrl: "https://wrong.example" }, { status: 404 }))],
    ["no JSON", () => Promise.resolve(new Response("<!doctype html>"))],
    ["no server", () => Promise.reject(new TypeError("fetch failed"))],
  ])("falls back for %s", async (_, load) => {
    expect(await loadRuntimeConfig(load)).toEqual(fallbackConfig);
  });
});
