import { describe, expect, it } from "vitest";
import { type ClientCredentials, clientCredentials, createTokenSource } from "./client-credentials.ts";
import { readTokenRequest } from "./token-request.ts";

const secret = "p:ss wörd/+&%";
const options = { tokenUrl: "https://id.example.com/oauth/token", clientId: "cl:ient é", clientSecret: secret };

/** An identity provider that gives `token-1`, `token-2`, …, each for an hour, or answers as it is told. */
function identityProvider(answer: (asked: number) => Response | Promise<Response> = hourly) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push(new Request(input, init));
    return await answer(requests.length);
  };
  return { requests, fetch };
}

function hourly(asked: number): Response {
  return Response.json({ access_token: `token-${asked}`, token_type: "Bearer", expires_in: 3600 });
}

/** A source of tokens with a clock that a test moves. */
function openSource(given: Partial<ClientCredentials> = {}, answer?: Parameters<typeof identityProvider>[0]) {
  const provider = identityProvider(answer);
  const clock = { now: 1_000_000 };
  const source = createTokenSource(readTokenRequest({ ...options, ...given, fetch: provider.fetch }), () => clock.now);
  return { ...provider, clock, source };
}

describe("clientCredentials()", () => {
  it("sends id and secret by the header basic, each encoded as in a form", async () => {
    const { requests, fetch } = identityProvider();
    const provide = clientCredentials({ ...options, scope: "sql read", parameters: { audience: "engine" }, fetch });
    expect(await provide()).toMatchObject({ token: "token-1" });
    const [request] = requests;
    expect(request).toMatchObject({ method: "POST", url: options.tokenUrl, redirect: "manual" });
    expect(request?.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    // Made by Python: urllib.parse.quote_plus, then base64.
    expect(request?.headers.get("authorization")).toBe(
      "Basic Y2wlM0FpZW50KyVDMyVBOTpwJTNBc3MrdyVDMyVCNnJkJTJGJTJCJTI2JTI1",
    );
    expect(await request?.text()).toBe("grant_type=client_credentials&audience=engine&scope=sql+read");
  });

  it("sends them in the body where it is told so", async () => {
    const { requests, source } = openSource({ authentication: "post" });
    await source();
    expect(requests[0]?.headers.get("authorization")).toBeNull();
    const form = new URLSearchParams(await requests[0]?.text());
    expect(Object.fromEntries(form)).toEqual({
      grant_type: "client_credentials",
      client_id: options.clientId,
      client_secret: secret,
    });
  });

  it("gives one token to all who ask, until a minute before it runs out", async () => {
    const { requests, clock, source } = openSource();
    const [first, second] = await Promise.all([source(), source()]);
    expect([first, second]).toEqual([
      { token: "token-1", expiresAt: 4_600_000 },
      { token: "token-1", expiresAt: 4_600_000 },
    ]);
    clock.now = 4_539_999;
    expect(await source()).toMatchObject({ token: "token-1" });
    expect(requests).toHaveLength(1);
    clock.now = 4_540_000;
    expect(await source()).toMatchObject({ token: "token-2" });
  });

  it("asks anew for a token that was refused, once for all who were refused it", async () => {
    const { requests, source } = openSource();
    await source();
    expect(await Promise.all([source("token-1"), source("token-1")])).toMatchObject([
      { token: "token-2" },
      { token: "token-2" },
    ]);
    // Whoever hears later that the old one was refused gets the new one.
    expect(await source("token-1")).toMatchObject({ token: "token-2" });
    expect(requests).toHaveLength(2);
  });

  it("keeps a token whose end is not told until it is refused", async () => {
    const { clock, source, requests } = openSource({}, () =>
      Response.json({ access_token: "t", token_type: "bearer" }),
    );
    expect(await source()).toEqual({ token: "t" });
    clock.now = Number.MAX_SAFE_INTEGER;
    await source();
    expect(requests).toHaveLength(1);
  });

  it("asks again after a failure", async () => {
    const { source } = openSource({}, (asked) => (asked === 1 ? new Response("busy", { status: 503 }) : hourly(asked)));
    await expect(source()).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED", retryable: true });
    expect(await source()).toMatchObject({ token: "token-2" });
  });

  it.each([
    [
      "a refusal by its reason",
      () => Response.json({ error: "invalid_client", error_description: secret }, { status: 401 }),
      /"invalid_client", HTTP status 401/,
    ],
    ["a refusal without a reason", () => new Response(secret, { status: 403 }), /refused: HTTP status 403/],
    [
      "a reason that is none of OAuth's",
      () => Response.json({ error: secret }, { status: 400 }),
      /refused: HTTP status 400/,
    ],
    ["an answer that is not JSON", () => new Response(`<html>${secret}`), /no bearer token/],
    ["an answer of another kind", () => Response.json({ access_token: secret, token_type: "mac" }), /no bearer token/],
    ["an answer without a token", () => Response.json({ token_type: "bearer" }), /no bearer token/],
    ["an answer without end", () => Response.json({ access_token: "t", more: "x".repeat(70_000) }), /no bearer token/],
    [
      "a redirect",
      () => new Response(null, { status: 302, headers: { location: "https://evil.example.com" } }),
      /HTTP status 302/,
    ],
  ])("names %s, and no secret", async (_name, answer, message) => {
    const { source } = openSource({}, answer);
    const error = await source().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "AUTHENTICATION_FAILED", message: expect.stringMatching(message) });
    expect([error instanceof Error && error.stack, JSON.stringify(error)].join()).not.toContain(secret);
  });

  it("names a provider that cannot be reached, with the cause", async () => {
    const cause = new TypeError("fetch failed");
    const { source } = openSource({}, () => Promise.reject(cause));
    await expect(source()).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED", retryable: true, cause });
  });

  it("waits no longer than it is told", async () => {
    const fetch: typeof globalThis.fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      });
    await expect(clientCredentials({ ...options, fetch, timeoutMs: 1 })()).rejects.toMatchObject({
      code: "AUTHENTICATION_FAILED",
      message: expect.stringContaining("no answer within 1 ms"),
    });
  });

  it.each([
    ["tokenUrl", { tokenUrl: "/oauth/token" }],
    ["tokenUrl", { tokenUrl: "ftp://id.example.com" }],
    ["tokenUrl", { tokenUrl: "https://ann:pw@id.example.com" }],
    ["clientId", { clientId: "" }],
    ["clientSecret", { clientSecret: undefined }],
    ["scope", { scope: 1 }],
    ["authentication", { authentication: "digest" }],
    ["timeoutMs", { timeoutMs: 0 }],
    ["fetch", { fetch: "fetch" }],
    ["clientSecrt", { clientSecrt: secret }],
  ])("refuses a wrong option %s by its name", (name, wrong) => {
    // What TypeScript would refuse, a script may pass.
    const given = { ...options, ...wrong } as ClientCredentials;
    expect(() => clientCredentials(given)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(`"${name}"`) }),
    );
  });
});
