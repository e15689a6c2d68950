import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveHttp } from "../../../test/serve-http.ts";
import { signedHeaders } from "./hook-signature.ts";
import { callWebhook } from "./webhook.ts";

const key = Buffer.alloc(32, 1);
const delivery = { id: "evt_1", event: "failed", body: '{"event":"failed"}' };

let folder: string;
let secretFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "webhook-test-"));
  secretFile = join(folder, "secret");
  await writeFile(secretFile, `whsec_${key.toString("base64")}\n`);
});

afterAll(() => rm(folder, { recursive: true }));

/** A receiver with a secret path. */
const receiver = async (listener: RequestListener) => `${await serveHttp(listener)}/hook/very-secret`;

describe("callWebhook()", () => {
  it("posts the event, signed", async () => {
    const seen: { method?: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
    const url = await receiver((request, response) => {
      void text(request).then((body) => {
        seen.push({ method: request.method, headers: request.headers, body });
        response.writeHead(204).end();
      });
    });
    expect(await callWebhook({ url, secretFile }, delivery, 5000)).toEqual({ isDone: true });
    const [{ method, headers, body } = { headers: {}, body: "" }] = seen;
    expect([method, headers["content-type"], body]).toEqual(["POST", "application/json", delivery.body]);
    const seconds = Number(headers["webhook-timestamp"]);
    expect(headers).toMatchObject(signedHeaders([key], "evt_1", seconds, delivery.body));
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(60);
  });

  it.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [400, false],
    [404, false],
    [302, false],
  ])("says of HTTP %i whether to try again: %s", async (status, canRepeat) => {
    const url = await receiver((_, response) => response.writeHead(status, { location: "/elsewhere" }).end("no"));
    const attempt = await callWebhook({ url, secretFile }, delivery, 5000);
    expect(attempt).toEqual({ isDone: false, problem: `it answers HTTP ${status}`, canRepeat });
  });

  it("waits no longer than it may", async () => {
    const url = await receiver(() => undefined);
    expect(await callWebhook({ url, secretFile }, delivery, 20)).toEqual({
      isDone: false,
      problem: "it does not answer within 20 ms",
      canRepeat: true,
    });
  });

  it("does not tell its URL where it cannot be reached", async () => {
    const url = await receiver((request) => request.socket.destroy());
    const attempt = await callWebhook({ url, secretFile }, delivery, 5000);
    expect(attempt).toEqual({ isDone: false, problem: "it cannot be reached (UND_ERR_SOCKET)", canRepeat: true });
  });

  it.each([
    ["is missing", "none", "cannot be read"],
    ["holds no key", "empty", "must hold keys"],
  ])("sends nothing where the secret %s", async (_, name, problem) => {
    await writeFile(join(folder, "empty"), "very-secret\n");
    let calls = 0;
    const url = await receiver((_request, response) => {
      calls += 1;
      response.end();
    });
    const attempt = await callWebhook({ url, secretFile: join(folder, name) }, delivery, 5000);
    expect(attempt).toMatchObject({ isDone: false, canRepeat: false, problem: expect.stringContaining(problem) });
    expect(JSON.stringify(attempt)).not.toContain("very-secret");
    expect(calls).toBe(0);
  });
});
