import { describe, expect, it } from "vitest";
import { isE6Error } from "./error.ts";
import { type ConnectOptions, readOptions } from "./options.ts";
import { unknownStrategy } from "./strategy/strategy-state.ts";
import { createMemoryStore } from "./strategy/strategy-store.ts";

const secret = "s3cr3t-value";
const good = { url: "https://gateway.example.com", user: "ann", token: secret };

/** Options as JavaScript callers may pass them, whatever the types say. */
function read(options: unknown) {
  return readOptions(options as ConnectOptions);
}

function failure(options: unknown): Error {
  try {
    read(options);
  } catch (error) {
    if (isE6Error(error) && error.code === "INVALID_OPTION") {
      return error;
    }
    throw error;
  }
  throw new Error("the options were accepted");
}

describe("readOptions()", () => {
  it("fills in every default", () => {
    expect(read(good)).toMatchObject({
      baseUrl: "https://gateway.example.com",
      credentials: { kind: "password", user: "ann", token: secret },
      catalog: "",
      schema: "",
      cluster: undefined,
      autoResume: true,
      impersonate: undefined,
      customIdentityClaim: undefined,
      maxMessageBytes: 67_108_864,
      observe: [],
      traceparent: undefined,
      store: "shared",
      deploymentTtlMs: 300_000,
      recoveryTimeoutMs: 60_000,
      onDeployment: [],
      selectStrategy: [],
    });
  });

  it.each([60_000, 1_800_000])("takes %d ms for the deployment to be believed", (deploymentTtlMs) => {
    expect(read({ ...good, deploymentTtlMs }).deploymentTtlMs).toBe(deploymentTtlMs);
  });

  it.each([0, 600_000])("takes %d ms for recovery", (recoveryTimeoutMs) => {
    expect(read({ ...good, recoveryTimeoutMs }).recoveryTimeoutMs).toBe(recoveryTimeoutMs);
  });

  it("takes undefined for left out", () => {
    const given = { ...good, catalog: undefined, autoResume: undefined, store: undefined, impersonate: undefined };
    expect(read(given)).toMatchObject({ catalog: "", autoResume: true, store: "shared", impersonate: undefined });
  });

  it("takes a store of the caller's", () => {
    const store = createMemoryStore(unknownStrategy("l", "e"));
    expect(read({ ...good, store }).store).toBe(store);
    expect(read({ ...good, store: "memory" }).store).toBe("memory");
  });

  it.each([
    ["https://gateway.example.com/", "https://gateway.example.com"],
    ["https://gateway.example.com:8443/e6//", "https://gateway.example.com:8443/e6"],
    [new URL("http://127.0.0.1:8080/a/b"), "http://127.0.0.1:8080/a/b"],
  ])("takes %s as a base address", (url, baseUrl) => {
    expect(read({ ...good, url }).baseUrl).toBe(baseUrl);
  });

  it("writes a cluster's name in lower case", () => {
    expect(read({ ...good, cluster: "Sales-EU_1" }).cluster).toBe("sales-eu_1");
  });

  it("asks a token function at each call of it", async () => {
    let asked = 0;
    const { credentials } = read({ url: good.url, accessToken: async () => `token-${++asked}` });
    if (credentials.kind !== "bearer") {
      throw new Error("not a bearer token");
    }
    expect([await credentials.provide(), await credentials.provide()]).toEqual([
      { token: "token-1" },
      { token: "token-2" },
    ]);
  });

  it("hands a token function what was refused, and takes the end that it gives", async () => {
    const accessToken = async (refused?: string) => ({ token: `not-${refused}`, expiresAt: 5 });
    const { credentials } = read({ url: good.url, accessToken });
    if (credentials.kind !== "bearer") {
      throw new Error("not a bearer token");
    }
    expect(await credentials.provide("old")).toEqual({ token: "not-old", expiresAt: 5 });
  });

  it("refuses an end that is no number", async () => {
    const { credentials } = read({ url: good.url, accessToken: async () => ({ token: secret, expiresAt: "soon" }) });
    if (credentials.kind !== "bearer") {
      throw new Error("not a bearer token");
    }
    await expect(credentials.provide()).rejects.toMatchObject({ message: expect.stringContaining('"expiresAt"') });
  });

  it("refuses a token of a function that no header could carry", async () => {
    const { credentials } = read({ url: good.url, accessToken: async () => `${secret}\r\nx: y` });
    if (credentials.kind !== "bearer") {
      throw new Error("not a bearer token");
    }
    await expect(credentials.provide()).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.not.stringContaining(secret),
    });
  });

  it.each<[string, unknown, string]>([
    ["no options", undefined, "options"],
    ["no object", secret, "options"],
    ["an unknown option", { ...good, tokne: secret }, "tokne"],
    ["an autoResume that is no boolean", { ...good, autoResume: 1 }, "autoResume"],
    ["an observer that is in no list", { ...good, observe: () => undefined }, "observe"],
    ["an observer that is no function", { ...good, observe: [{ startSpan: () => secret }] }, "observe"],
    ["a store of a name that is none", { ...good, store: secret }, "store"],
    ["a store that is null", { ...good, store: null }, "store"],
    ["a store that lacks a method", { ...good, store: { read: secret, dispatch: () => undefined } }, "store"],
    ["a time to live of a minute less one", { ...good, deploymentTtlMs: 59_999 }, "deploymentTtlMs"],
    ["a time to live of over half an hour", { ...good, deploymentTtlMs: 1_800_001 }, "deploymentTtlMs"],
    ["a time to live that is no number", { ...good, deploymentTtlMs: Number.NaN }, "deploymentTtlMs"],
    ["a time to live that is null", { ...good, deploymentTtlMs: null }, "deploymentTtlMs"],
    ["a time to recover that is negative", { ...good, recoveryTimeoutMs: -1 }, "recoveryTimeoutMs"],
    ["a time to recover of over ten minutes", { ...good, recoveryTimeoutMs: 600_001 }, "recoveryTimeoutMs"],
    ["a time to recover that is null", { ...good, recoveryTimeoutMs: null }, "recoveryTimeoutMs"],
    ["observers that are null", { ...good, observe: null }, "observe"],
    ["a trace context that is no text", { ...good, traceparent: { secret } }, "traceparent"],
    ["a blank user to work for", { ...good, impersonate: "" }, "impersonate"],
    ["a claim that is no text", { ...good, customIdentityClaim: 1 }, "customIdentityClaim"],
    ["a token that works for another", { url: good.url, accessToken: secret, impersonate: "bob" }, "impersonate"],
    ["no url", { user: "ann", token: secret }, "url"],
    ["a url of another type", { ...good, url: 8080 }, "url"],
    ["a relative url", { ...good, url: "/gateway" }, "url"],
    ["another protocol", { ...good, url: "ws://gateway.example.com" }, "url"],
    ["credentials in the url", { ...good, url: `https://ann:${secret}@gateway.example.com` }, "url"],
    ["a password alone in the url", { ...good, url: `https://:${secret}@gateway.example.com` }, "url"],
    ["a query in the url", { ...good, url: `https://gateway.example.com?token=${secret}` }, "url"],
    ["a fragment in the url", { ...good, url: `https://gateway.example.com#${secret}` }, "url"],
    ["nobody who signs in", { url: good.url }, "user"],
    ["no token", { url: good.url, user: "ann" }, "token"],
    ["an empty token", { ...good, token: "" }, "token"],
    ["a token of another type", { ...good, token: [secret] }, "token"],
    ["an empty user", { ...good, user: "" }, "user"],
    ["both kinds of sign-in", { ...good, accessToken: secret }, "user"],
    ["an empty access token", { url: good.url, accessToken: "" }, "accessToken"],
    ["an access token with a line break", { url: good.url, accessToken: `${secret}\n` }, "accessToken"],
    ["a catalog of another type", { ...good, catalog: 1 }, "catalog"],
    ["a catalog without end", { ...good, catalog: "c".repeat(4097) }, "catalog"],
    ["a schema of another type", { ...good, schema: null }, "schema"],
    ["an empty cluster", { ...good, cluster: "" }, "cluster"],
    ["a cluster that is no header", { ...good, cluster: "a\r\nb" }, "cluster"],
    ["a limit of nothing", { ...good, maxMessageBytes: 0 }, "maxMessageBytes"],
    ["a limit in text", { ...good, maxMessageBytes: "64MB" }, "maxMessageBytes"],
    ["a fetch that is no function", { ...good, fetch: "fetch" }, "fetch"],
  ])("refuses %s: one line that names the option and a remedy, and repeats no value", (_what, options, name) => {
    const error = failure(options);
    expect(error.message).toMatch(new RegExp(`^option "${name}" [^\n]+: [^\n]+$`));
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain(secret);
  });
});
