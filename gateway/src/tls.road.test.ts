import { once } from "node:events";
import { rename, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority, type TestAuthority, type TestCertificate } from "../test/certificates.ts";
import { framed } from "../test/frame.ts";
import { connectRaw } from "../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const stack = new AsyncDisposableStack();
let authority: TestAuthority;
let stranger: TestAuthority;
let listenerCertificate: TestCertificate;
let clientCertificate: TestCertificate;
/** A stack that asks who calls. */
let guarded: ScriptedUpstream;
let gateway: Gateway;

beforeAll(async () => {
  authority = stack.use(await createAuthority("an authority"));
  stranger = stack.use(await createAuthority("a stranger"));
  listenerCertificate = await authority.issue("listener");
  clientCertificate = await authority.issue("client");
  const { certificate, key } = await authority.issue("stack");
  guarded = stack.use(
    await startUpstream("guarded", {}, { cert: certificate, key, ca: authority.ca, requestCert: true }),
  );
  gateway = stack.use(await start({ tls: stackTls() }));
});

afterAll(() => stack.disposeAsync());

const stackTls = () => ({
  caFile: authority.caFile,
  serverName: "localhost",
  clientCertificate: { certificateFile: clientCertificate.certificateFile, keyFile: clientCertificate.keyFile },
});

/** A gateway with TLS on both sides, whose blue stack is reached in one way or another. */
function start(blue: object): Promise<Gateway> {
  const { certificateFile, keyFile } = listenerCertificate;
  const addresses = [{ port: guarded.port }];
  return startGateway({
    config: {
      stacks: {
        blue: { addresses, healthCheck: { kind: "none" }, ...blue },
        green: { addresses, healthCheck: { kind: "none" }, tls: stackTls() },
      },
      listener: { port: 0, origins: [], tls: { certificateFile, keyFile } },
      admin: { port: 0 },
      concurrency: 1,
    },
  });
}

const headers = { ":path": "/QueryEngineService/status", "content-type": "application/grpc-web+proto" };

/** The reason that a call of the blue stack fails for, or the stack's name. */
async function outcomeOf(called: Gateway): Promise<string> {
  await using raw = await connectRaw(called.url, authority.ca);
  const answer = await raw.call({ ...headers, strategy: "blue" });
  return String(answer.headers["x-e6-reason"] ?? answer.headers["x-upstream"]);
}

/** Connects, and resolves with the certificate's number once both sides agree. */
async function serialNumber(options: ConnectionOptions = {}): Promise<string> {
  const socket: TLSSocket = connectTls({ host: "127.0.0.1", port: gateway.port, ca: authority.ca, ...options });
  try {
    await once(socket, "secureConnect");
    return socket.getPeerCertificate().serialNumber;
  } finally {
    socket.destroy();
  }
}

/** How many renewed secrets Envoy has turned down. */
async function refusedSecrets(): Promise<number> {
  const stats = await (await fetch(`${gateway.adminUrl}/stats?filter=listener_certificate.key_rotation_failed`)).text();
  return Number(/: (\d+)\n/.exec(stats)?.[1] ?? 0);
}

describe("TLS of the listener", () => {
  it("serves HTTP/2 and HTTP/1.1, as ALPN has it", async () => {
    expect(gateway.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    await using raw = await connectRaw(gateway.url, authority.ca);
    const answer = await raw.call(headers);
    expect(answer.headers).toMatchObject({
      "x-upstream": "guarded",
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    const path = "/QueryEngineService/status";
    const call = request(gateway.url + path, {
      method: "POST",
      ca: authority.ca,
      headers: { "content-type": headers["content-type"] },
    });
    call.end(framed(new Uint8Array()));
    const [old] = await once(call, "response");
    expect([old.httpVersion, old.statusCode, old.headers["x-upstream"]]).toEqual(["1.1", 200, "guarded"]);
    old.resume();
  });

  it("speaks nothing older than TLS 1.2", async () => {
    await expect(serialNumber({ maxVersion: "TLSv1.2" })).resolves.toMatch(/^[0-9A-F]+$/);
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    await expect(serialNumber(old)).rejects.toThrow(/alert|version/);
  });

  it("answers no clear text", async () => {
    const socket = connectTcp(gateway.port, "127.0.0.1");
    socket.end("GET / HTTP/1.1\r\nhost: gateway\r\n\r\n");
    expect(await text(socket)).not.toContain("HTTP/");
  });

  it("takes a renewed certificate without a restart, while calls go on", async () => {
    const before = await serialNumber();
    await using raw = await connectRaw(gateway.url, authority.ca);
    const outcomes = new Set<string>();
    let isOver = false;
    const caller = async () => {
      while (!isOver) {
        const answer = await raw.call(headers);
        outcomes.add(`${answer.headers["x-upstream"]} ${answer.resetCode}`);
      }
    };
    const callers = Array.from({ length: 4 }, caller);
    const renewed = await authority.issue("listener-renewed");
    await rename(renewed.keyFile, listenerCertificate.keyFile);
    // Two that do not belong together: Envoy turns them down, and has the former still.
    while ((await refusedSecrets()) === 0) {
      await setImmediate();
    }
    expect(await serialNumber()).toBe(before);
    await rename(renewed.certificateFile, listenerCertificate.certificateFile);
    let now = before;
    // Envoy reads the files when it hears of them: the test's own time-out is the limit.
    while (now === before) {
      now = await serialNumber();
      await setImmediate();
    }
    isOver = true;
    await Promise.all(callers);
    expect(outcomes).toEqual(new Set(["guarded 0"]));
    expect(await outcomeOf(gateway)).toBe("guarded");
  });
});

describe("TLS to a stack", () => {
  it("shows the stack who calls", async () => {
    expect(await outcomeOf(gateway)).toBe("guarded");
  });

  it("tells of no healthy stack where another authority has signed its certificate", async () => {
    await using other = await start({ tls: { ...stackTls(), caFile: stranger.caFile } });
    expect(await outcomeOf(other)).toBe("NO_HEALTHY_UPSTREAM");
  });

  it("tells of no healthy stack where its certificate is for another name", async () => {
    for (const serverName of ["engine.test", "127.0.0.2"]) {
      await using other = await start({ tls: { ...stackTls(), serverName } });
      expect(await outcomeOf(other)).toBe("NO_HEALTHY_UPSTREAM");
    }
    await using address = await start({ tls: { ...stackTls(), serverName: "127.0.0.1" } });
    expect(await outcomeOf(address)).toBe("guarded");
  });

  it("tells of no healthy stack where the gateway has nothing to show", async () => {
    const { caFile, serverName } = stackTls();
    // Only an answer tells: with TLS 1.3 the stack refuses after the gateway takes itself for connected.
    const healthCheck = { kind: "grpc", interval: "100ms", failures: 1 };
    await using other = await start({ tls: { caFile, serverName }, healthCheck });
    expect(await outcomeOf(other)).toBe("NO_HEALTHY_UPSTREAM");
    await using good = await start({ tls: stackTls(), healthCheck });
    expect(await outcomeOf(good)).toBe("guarded");
  });

  it("tells of no healthy stack where the stack speaks clear text", async () => {
    await using clear = await startUpstream("clear", {});
    await using other = await start({ addresses: [{ port: clear.port }], tls: stackTls() });
    expect(await outcomeOf(other)).toBe("NO_HEALTHY_UPSTREAM");
  });

  it("takes renewed authorities without a restart", async () => {
    const caFile = join(stranger.folder, "trusted.pem");
    await writeFile(caFile, stranger.ca);
    await using other = await start({ tls: { ...stackTls(), caFile } });
    expect(await outcomeOf(other)).toBe("NO_HEALTHY_UPSTREAM");
    await writeFile(`${caFile}.new`, authority.ca);
    await rename(`${caFile}.new`, caFile);
    // As above: until Envoy has heard of it.
    while ((await outcomeOf(other)) !== "guarded") {
      await setImmediate();
    }
  });
});
