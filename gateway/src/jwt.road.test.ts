import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { OutgoingHttpHeaders } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectRaw, type RawConnection } from "../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const page = "http://localhost:3000";
const stack = new AsyncDisposableStack();
const issuer = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const stranger = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
let blue: ScriptedUpstream;
let gateway: Gateway;
let raw: RawConnection;

const claims = { iss: "https://login.test/", aud: "e6data", exp: Math.floor(Date.now() / 1000) + 600 };

/** A token of RFC 7519, signed by ES256. */
function token(payload: object, key: KeyObject = issuer.privateKey, header: object = { alg: "ES256", kid: "one" }) {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "gateway-jwt-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const jwk = { ...issuer.publicKey.export({ format: "jwk" }), kid: "one", alg: "ES256", use: "sig" };
  await writeFile(join(folder, "jwks.json"), JSON.stringify({ keys: [jwk] }));
  blue = stack.use(await startUpstream("blue", {}));
  const addresses = [{ port: blue.port }];
  gateway = stack.use(
    await startGateway({
      config: {
        stacks: { blue: { addresses }, green: { addresses } },
        listener: { port: 0, origins: [page] },
        admin: { port: 0 },
        jwt: { issuer: claims.iss, audiences: ["e6data"], jwksFile: "jwks.json", clockSkew: "1s" },
      },
      configFolder: folder,
    }),
  );
  raw = stack.use(await connectRaw(gateway.url));
});

afterAll(() => stack.disposeAsync());

const call = (headers: OutgoingHttpHeaders, path = "/QueryEngineService/status") =>
  raw.call({ ":path": path, "content-type": "application/grpc-web+proto", origin: page, ...headers });

describe("the check of tokens", () => {
  it("lets a good token through, and hands it on", async () => {
    const authorization = `Bearer ${token(claims)}`;
    expect((await call({ authorization })).headers["x-upstream"]).toBe("blue");
    expect(blue.calls.at(-1)).toMatchObject({ authorization });
  });

  it.each<[string, OutgoingHttpHeaders]>([
    ["no token", {}],
    ["another scheme", { authorization: "Basic YTpi" }],
    ["what is no token", { authorization: "Bearer abc" }],
    ["a token of a stranger", { authorization: `Bearer ${token(claims, stranger.privateKey)}` }],
    ["a token of another issuer", { authorization: `Bearer ${token({ ...claims, iss: "https://evil.test/" })}` }],
    ["a token for somebody else", { authorization: `Bearer ${token({ ...claims, aud: "mail" })}` }],
    ["a token for nobody", { authorization: `Bearer ${token({ iss: claims.iss, exp: claims.exp })}` }],
    ["a token that has run out", { authorization: `Bearer ${token({ ...claims, exp: claims.exp - 3600 })}` }],
    ["a token without an end", { authorization: `Bearer ${token({ iss: claims.iss, aud: claims.aud })}` }],
    ["a token without a signature", { authorization: `Bearer ${token(claims).replace(/[^.]+$/, "")}` }],
    ["a token that says it has none", { authorization: `Bearer ${token(claims, issuer.privateKey, { alg: "none" })}` }],
  ])("refuses %s", async (_, headers) => {
    const before = blue.calls.length;
    const answer = await call(headers);
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
    expect(answer.headers).toMatchObject({
      "grpc-status": "16",
      "x-e6-reason": "UNAUTHENTICATED",
      "x-e6-retry-safe": "false",
      "access-control-allow-origin": page,
    });
    const native = await call({ ...headers, "content-type": "application/grpc", te: "trailers" });
    // Envoy's own words for a token for somebody else: PERMISSION_DENIED.
    expect([native.status, native.headers["grpc-status"]]).toEqual([200, expect.stringMatching(/^(16|7)$/)]);
    expect(blue.calls.length).toBe(before);
  });

  it("takes no token from the address", async () => {
    const answer = await call({}, `/QueryEngineService/status?access_token=${token(claims)}`);
    expect(answer.headers).toMatchObject({ "x-e6-reason": "UNAUTHENTICATED" });
  });

  it("asks no token of a preflight", async () => {
    const answer = await call({ ":method": "OPTIONS", "access-control-request-method": "POST" });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([200, page]);
  });
});
