import { readFile } from "node:fs/promises";
import { type Delivery, done, failed, type HookAttempt } from "./hook-attempt.ts";
import { keyBytes, parseKeys, signedHeaders } from "./hook-signature.ts";

/** Where a webhook is. */
export interface Webhook {
  readonly url: string;
  readonly secretFile: string;
}

/** Statuses after which the same request may do better. */
const passing = new Set([408, 425, 429]);

/**
 * Posts an event, signed, and waits `timeout` milliseconds at most, or until `stop` is given, for an answer of 2xx. Never
 * rejects.
 */
export async function callWebhook(
  { url, secretFile }: Webhook,
  delivery: Delivery,
  timeout: number,
  stop?: AbortSignal,
): Promise<HookAttempt> {
  const text = await readFile(secretFile, "utf8").catch(() => undefined);
  if (text === undefined) {
    return failed(`its secretFile ${secretFile} cannot be read`, false);
  }
  const keys = parseKeys(text);
  return keys === undefined
    ? failed(
        `its secretFile must hold keys, one a line: whsec_ and base64 of ${keyBytes.min} to ${keyBytes.max} bytes`,
        false,
      )
    : post(url, delivery, keys, AbortSignal.any([AbortSignal.timeout(timeout), ...(stop ? [stop] : [])])).catch(
        (error: unknown) => problemOf(error, timeout),
      );
}

async function post(
  url: string,
  { id, body }: Delivery,
  keys: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<HookAttempt> {
  const seconds = Math.floor(Date.now() / 1000);
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...signedHeaders(keys, id, seconds, body) },
    body,
    // A redirect would carry the event elsewhere.
    redirect: "manual",
    signal,
  });
  await answer.body?.cancel();
  const canRepeat = passing.has(answer.status) || answer.status >= 500;
  return answer.ok ? done : failed(`it answers HTTP ${answer.status}`, canRepeat);
}

/** Errors of `fetch` may hold the URL, whose path may be a token: only their kind is told. */
function problemOf(error: unknown, timeout: number): HookAttempt {
  if (error instanceof Error && error.name === "TimeoutError") {
    return failed(`it does not answer within ${timeout} ms`, true);
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return failed(`it cannot be reached${code}`, true);
}
