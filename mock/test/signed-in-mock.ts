import { Code, ConnectError } from "@connectrpc/connect";
import { type MockOptions, startMock } from "../src/mock.ts";
import { createScriptedEngine, type Script } from "./scripted-engine.ts";
import { createStackClient } from "./stack-client.ts";

/** Credentials that hold. */
export const good = { user: "ada", password: "secret" };

/** What a session gets that does not hold. */
export const accessDenied = { code: Code.Internal, message: "Access denied" };

/** A mock on a scripted engine (or the one given), a signed-in caller on blue, and a way to prepare a statement. */
export async function createSignedInMock(options: MockOptions = {}, scripts: Readonly<Record<string, Script>> = {}) {
  const engine = createScriptedEngine(scripts);
  const mock = await startMock({ engine, ...options });
  const client = createStackClient(mock.blue.port);
  const { sessionId } = await client.engine.authenticate(good);
  const prepare = async (queryString: string) => {
    const { queryId, engineIP } = await client.engine.prepareStatement({ sessionId, schema: "s", queryString });
    return { sessionId, queryId, engineIP };
  };
  const dispose = async () => {
    client[Symbol.dispose]();
    await mock.close();
  };
  return { engine, mock, client, sessionId, prepare, [Symbol.asyncDispose]: dispose };
}

/** The error of a call that has to fail. */
export async function failure(call: Promise<unknown>): Promise<{ code: Code; message: string }> {
  const answer = await call.then(
    () => "no error",
    (reason: unknown) => ConnectError.from(reason),
  );
  if (typeof answer === "string") throw new Error("the call did not fail");
  return { code: answer.code, message: answer.rawMessage };
}
