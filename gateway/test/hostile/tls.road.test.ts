import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Gateway, startGateway } from "../../src/gateway.ts";
import { createAuthority } from "../certificates.ts";
import { goodBody } from "../good-answer.ts";
import { connectRaw } from "../raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../scripted-upstream.ts";
import { assail } from "./assail.ts";
import { breakHandshake, brokenHandshake, helloOf } from "./broken-handshake.ts";
import { type Verdict, verdicts } from "./expectations.ts";

/** Few of each: what is asked inside of TLS is tried in clear text by the thousand. */
const requests = 800;
const handshakes = 400;
const timeLimit = 60_000;

const stack = new AsyncDisposableStack();
let stacks: readonly ScriptedUpstream[];
let gateway: Gateway;
let ca: string;

beforeAll(async () => {
  const authority = stack.use(await createAuthority("hostile"));
  ({ ca } = authority);
  const { certificateFile, keyFile } = await authority.issue("gateway");
  const [blue, green] = [stack.use(await startUpstream("blue", {})), stack.use(await startUpstream("green", {}))];
  stacks = [blue, green];
  const stackOf = ({ port }: ScriptedUpstream) => ({ addresses: [{ port }], healthCheck: { kind: "none" } });
  gateway = stack.use(
    await startGateway({
      config: {
        stacks: { blue: stackOf(blue), green: stackOf(green) },
        listener: { port: 0, origins: ["http://localhost:*"], tls: { certificateFile, keyFile } },
        admin: { port: 0 },
      },
    }),
  );
});

afterAll(() => stack.disposeAsync());

async function statistics(filter: string): Promise<string> {
  return await (await fetch(`${gateway.adminUrl}/stats?filter=${filter}`)).text();
}

const calls = () => stacks.flatMap((one) => one.calls.splice(0));

/** A connection by TLS 1.2, which knows how to begin anew. */
async function connectOld(): Promise<TLSSocket> {
  const socket = connect({ port: gateway.port, host: "127.0.0.1", ca, maxVersion: "TLSv1.2" });
  await once(socket, "secureConnect");
  return socket;
}

describe("hostile callers by TLS", () => {
  it(
    "are answered in their terms or not at all, over both versions of HTTP",
    async () => {
      const tried = new Map<Verdict, number>();
      await assail({ target: { port: gateway.port, ca }, stacks, tried }, requests, 1);
      for (const verdict of verdicts) expect(tried.get(verdict) ?? 0, verdict).toBeGreaterThan(requests / 100);
      const spoken = await statistics("^http\\.gateway\\.downstream_cx_(http1|http2|ssl)_total$");
      const counts = [...spoken.matchAll(/_(http1|http2|ssl)_total: (\d+)/g)].map(([, name, count]) => [name, count]);
      expect(Object.fromEntries(counts)).toMatchObject({ ssl: String(requests) });
      expect(counts.filter(([, count]) => Number(count) > requests / 4).length).toBe(3);
    },
    timeLimit,
  );

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "get no further than the handshake where that goes wrong: %s",
    async (version) => {
      const hello = await helloOf(version);
      calls();
      const property = fc.asyncProperty(brokenHandshake, async (broken) => {
        const said = await breakHandshake(gateway.port, hello, broken);
        // Records of a handshake, of a change of keys, an alert; or what is encrypted: never HTTP.
        if (said.length > 0) expect([0x14, 0x15, 0x16, 0x17]).toContain(said[0]);
      });
      await fc.assert(property, { numRuns: handshakes / 2, seed: 1 });
      expect(calls()).toEqual([]);
    },
    timeLimit,
  );

  it("begin no second handshake on a connection: each costs the gateway more than the caller", async () => {
    const socket = await connectOld();
    const refused = new Promise<string>((resolve) => {
      socket.on("error", ({ message }) => resolve(message));
      socket.once("close", () => resolve("closed"));
    });
    socket.renegotiate({ rejectUnauthorized: true }, () => undefined);
    expect(await refused).toMatch(/no renegotiation/);
    socket.destroy();
  });

  it("leave the same Envoy at work, and nothing behind", async () => {
    const isIdle = async () =>
      expect(await statistics("^http\\.gateway\\.downstream_(rq|cx)_active$")).toBe(
        "http.gateway.downstream_cx_active: 0\nhttp.gateway.downstream_rq_active: 0\n",
      );
    await vi.waitFor(isIdle, { timeout: 30_000, interval: 100 });
    expect(await statistics("lua\\..*errors$")).toMatch(/^(http\.gateway\.lua\.\w+\.errors: 0\n){2,}$/);
    await using caller = await connectRaw(gateway.url, ca);
    const headers = { ":path": "/QueryEngineService/status", "content-type": "application/grpc-web+proto" };
    expect((await caller.call(headers)).body).toEqual(goodBody);
  });
});
