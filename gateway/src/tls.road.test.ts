import { once } from "node:events";
import { rename, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority, createVolume, type TestAuthority, type TestCertificate } from "../test/certificates.ts";
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
function start(blue: object, listenerTls: object = {}): Promise<Gateway> {
  const { certificateFile, keyFile } = listenerCertificate;
  const addresses = [{ port: guarded.port }];
  return startGateway({
    config: {
      stacks: {
        blue: { addresses, healthCheck: { kind: "none" }, ...blue },
        green: { addresses, healthCheck: { kind: "none" }, tls: stackTls() },
      },
      listener: { port: 0, origins: [], tls: { certificateFile, keyFile, ...listenerTls } },
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

/** What both sides have agreed on. */
interface Handshake {
  readonly serialNumber: string;
  readonly protocol: string | null;
  readonly alpn: string | false | null;
}

/** Connects, and rejects where the two sides cannot agree. */
async function handshake(options: ConnectionOptions = {}, { port }: Gateway = gateway): Promise<Handshake> {
  const socket: TLSSocket = connectTls({ host: "127.0.0.1", port, ca: authority.ca, ...options });
  try {
    await once(socket, "secureConnect");
    const { serialNumber } = socket.getPeerCertificate();
    return { serialNumber, protocol: socket.getProtocol(), alpn: socket.alpnProtocol };
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

  it.each(["h2", "http/1.1"])("agrees on %s by ALPN", async (protocol) => {
    expect(await handshake({ ALPNProtocols: [protocol] })).toMatchObject({ alpn: protocol, protocol: "TLSv1.3" });
  });

  it("speaks TLS 1.2 too, unless it is told not to", async () => {
    const old = { maxVersion: "TLSv1.2" } as const;
    expect(await handshake(old)).toMatchObject({ protocol: "TLSv1.2" });
    await using strict = await start({ tls: stackTls() }, { minimumVersion: "1.3" });
    expect(await handshake({}, strict)).toMatchObject({ protocol: "TLSv1.3" });
    await expect(handshake(old, strict)).rejects.toThrow(/alert/);
  });

  it("answers no clear text", async () => {
    const socket = connectTcp(gateway.port, "127.0.0.1");
    socket.end("GET / HTTP/1.1\r\nhost: gateway\r\n\r\n");
    expect(await text(socket)).not.toContain("HTTP/");
  });

  it("takes a renewed certificate without a restart, while calls go on", async () => {
    const before = (await handshake()).serialNumber;
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
    expect((await handshake()).serialNumber).toBe(before);
    await rename(renewed.certificateFile, listenerCertificate.certificateFile);
    let now = before;
    // Envoy reads the files when it hears of them: the test's own time-out is the limit.
    while (now === before) {
      now = (await handshake()).serialNumber;
      await setImmediate();
    }
    isOver = true;
    await Promise.all(callers);
    expect(outcomes).toEqual(new Set(["guarded 0"]));
    expect(await outcomeOf(gateway)).toBe("guarded");
  });
});

describe("volumes of Kubernetes", () => {
  it("bring renewed certificates and authorities, without a restart", async () => {
    const [first, second] = [await authority.issue("volume-1"), await authority.issue("volume-2")];
    const filesOf = ({ certificate, key }: TestCertificate) => ({ "tls.crt": certificate, "tls.key": key });
    const listener = await createVolume(join(authority.folder, "listener-volume"), filesOf(first));
    const trusted = await createVolume(join(authority.folder, "trusted-volume"), { "ca.crt": stranger.ca });
    await using mounted = await start(
      { tls: { ...stackTls(), caFile: join(trusted.folder, "ca.crt") } },
      { certificateFile: join(listener.folder, "tls.crt"), keyFile: join(listener.folder, "tls.key") },
    );
    const before = (await handshake({}, mounted)).serialNumber;
    expect(await outcomeOf(mounted)).toBe("NO_HEALTHY_UPSTREAM");
    await listener.replace(filesOf(second));
    await trusted.replace({ "ca.crt": authority.ca });
    // As above: until Envoy has heard of it.
    while ((await handshake({}, mounted)).serialNumber === before || (await outcomeOf(mounted)) !== "guarded") {
      await setImmediate();
    }
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

  it("is not begun with files that cannot be right", async () => {
    const started = start({ tls: { ...stackTls(), caFile: clientCertificate.keyFile } });
    await expect(started).rejects.toThrow(/^stacks\.blue\.tls\.caFile, .* holds no certificate/);
  });
});
