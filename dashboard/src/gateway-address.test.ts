import { describe, expect, it } from "vitest";
import { readGatewayAddress } from "./gateway-address.ts";

describe("readGatewayAddress()", () => {
  it.each([
    ["https://gateway.example.com", "https://gateway.example.com"],
    ["  http://127.0.0.1:8080/ ", "http://127.0.0.1:8080"],
    ["http://localhost:8080", "http://localhost:8080"],
    ["https://gateway.example.com/e6", "https://gateway.example.com/e6"],
  ])("takes %j", (text, url) => {
    expect(readGatewayAddress(text)).toEqual({ kind: "usable", url });
  });

  it.each(["", "gateway", "127.0.0.1:8080", "ftp://gateway", "javascript:alert(1)"])("refuses %j", (text) => {
    expect(readGatewayAddress(text)).toMatchObject({ kind: "unusable", problem: expect.stringContaining("http") });
  });

  it.each(["http://ada:token@gateway", "http://gateway?token=x", "http://gateway#x"])("refuses %j", (text) => {
    expect(readGatewayAddress(text)).toMatchObject({
      kind: "unusable",
      problem: expect.stringContaining("fields of their own"),
    });
  });

  it("warns where the token would travel in the clear", () => {
    expect(readGatewayAddress("http://gateway.example.com")).toMatchObject({
      kind: "usable",
      warning: expect.stringContaining("not encrypted"),
    });
  });

  it("names the allowed gateway where the page may call no other", () => {
    const allowed = ["http://127.0.0.1:8080"];
    expect(readGatewayAddress("http://127.0.0.1:8080", allowed)).toMatchObject({ kind: "usable" });
    expect(readGatewayAddress("http://localhost:8080", allowed)).toMatchObject({
      kind: "unusable",
      problem: expect.stringContaining("http://127.0.0.1:8080"),
    });
  });
});
