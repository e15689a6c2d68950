import { describe, expect, it } from "vitest";
import type { Credentials } from "../options.ts";
import type { EngineCaller } from "../transport/engine-caller.ts";
import { createSignIn, type Impersonation } from "./sign-in.ts";

/** What the engine was asked when somebody signed in. */
async function askedBy(credentials: Credentials, impersonation?: Impersonation): Promise<unknown[]> {
  const asked: unknown[] = [];
  const call = (({ name }: { name: string }, request: object) => {
    asked.push([name, request]);
    return Promise.resolve({ sessionId: "s", engineIP: "10.0.0.1" });
    // The two methods that a sign-in calls get what they need; the type is of all methods.
  }) as unknown as EngineCaller;
  const signIn = createSignIn(call, credentials, impersonation);
  await signIn({ strategy: "blue", epoch: "e" }, new AbortController().signal);
  return asked;
}

const password: Credentials = { kind: "password", user: "ann", token: "t" };

describe("createSignIn()", () => {
  it("signs in as the user", async () => {
    expect(await askedBy(password)).toEqual([["authenticate", { user: "ann", password: "t" }]]);
  });

  it("signs in for another user", async () => {
    expect(await askedBy(password, { impersonate: "bob", customIdentityClaim: "email" })).toEqual([
      ["authenticate", { user: "ann", password: "t", userNameForImpersonation: "bob", customIdentityClaim: "email" }],
    ]);
  });

  it("asks for health where a token signs in with each call", async () => {
    expect(await askedBy({ kind: "bearer", provide: async () => ({ token: "t" }) })).toEqual([["healthCheck", {}]]);
  });
});
