import { describe, expect, it } from "vitest";
import { readSignIn } from "./sign-in-form.ts";

const url = "http://127.0.0.1:8080";

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries({ gatewayUrl: url, ...fields })) data.set(name, value);
  return data;
}

describe("readSignIn()", () => {
  it("takes user and token", () => {
    expect(readSignIn(form({ user: " ada ", token: " s3cret ", catalog: "", schema: " " }))).toEqual({
      kind: "entry",
      options: { url, credential: { kind: "user", user: "ada", token: " s3cret " } },
    });
  });

  it("takes a token without a user for a bearer token", () => {
    expect(readSignIn(form({ user: "", token: "s3cret", catalog: "sample", schema: "sales" }))).toEqual({
      kind: "entry",
      options: { url, credential: { kind: "bearer", accessToken: "s3cret" }, catalog: "sample", schema: "sales" },
    });
  });

  it("names the field that is missing", () => {
    expect(readSignIn(form({ user: "ada" }))).toMatchObject({ kind: "problem", field: "token" });
    expect(readSignIn(form({ gatewayUrl: "", token: "s3cret" }))).toMatchObject({
      kind: "problem",
      field: "gatewayUrl",
    });
  });

  it("holds to the allowed gateways", () => {
    expect(readSignIn(form({ token: "s3cret" }), ["https://other.example"])).toMatchObject({ field: "gatewayUrl" });
  });
});
