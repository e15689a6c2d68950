import { type Connection, createConnection } from "../src/connection.ts";
import { type ConnectOptions, readOptions } from "../src/options.ts";
import type { Runtime } from "../src/runtime.ts";
import { FakeGateway } from "./fake-gateway.ts";
import { createTestRuntime, type TestRuntime } from "./test-runtime.ts";
import { vectorCase } from "./vectors.ts";

/** The token of every connection that a test opens. */
export const secret = "s3cr3t-value";

/** A result of one column and three rows, each the number 5. */
export const threeFives = vectorCase("constant-long");

/** Options for a sign-in by bearer token in place of user and token. */
export const bearer = { user: undefined, token: undefined, accessToken: secret };

/** What a test holds of a connection. */
export interface OpenConnection<R extends Runtime = TestRuntime> {
  readonly gateway: FakeGateway;
  readonly runtime: R;
  readonly connection: Connection;
}

type AnyOptions = { readonly [Name in keyof ConnectOptions]?: unknown };

/** A connection to a gateway of its own, whose stacks answer every query with {@link threeFives}. */
export function openConnection(options: AnyOptions = {}): OpenConnection {
  return openConnectionOn(createTestRuntime(), options);
}

/** As {@link openConnection}, on a given runtime. */
export function openConnectionOn<R extends Runtime>(runtime: R, options: AnyOptions = {}): OpenConnection<R> {
  const gateway = new FakeGateway();
  gateway.result = threeFives.result;
  const url = "https://gateway.example.com";
  // Of its own, also in a browser: what one test knows is no other test's business.
  const base = { url, user: "ann", token: secret, fetch: gateway.fetch, store: "memory" };
  // What is wrong with the options of a test, the check at run time says.
  const settings = readOptions({ ...base, ...options } as ConnectOptions);
  return { gateway, runtime, connection: createConnection(settings, runtime) };
}

/** A gate: whoever waits for `passed` goes on once it is opened. */
export function createGate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}
