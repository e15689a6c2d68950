import { type Connection, createConnection } from "../src/connection.ts";
import { type ConnectOptions, readOptions } from "../src/options.ts";
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
export interface OpenConnection {
  readonly gateway: FakeGateway;
  readonly runtime: TestRuntime;
  readonly connection: Connection;
}

/** A connection to a gateway of its own, whose stacks answer every query with {@link threeFives}. */
export function openConnection(options: { readonly [Name in keyof ConnectOptions]?: unknown } = {}): OpenConnection {
  const gateway = new FakeGateway();
  gateway.result = threeFives.result;
  const runtime = createTestRuntime();
  const base = { url: "https://gateway.example.com", user: "ann", token: secret, fetch: gateway.fetch };
  // What is wrong with the options of a test, the check at run time says.
  const settings = readOptions({ ...base, ...options } as ConnectOptions);
  return { gateway, runtime, connection: createConnection(settings, runtime) };
}

/** A gate: whoever waits for `passed` goes on once it is opened. */
export function createGate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}
