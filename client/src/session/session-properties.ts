import { setProps } from "../gen/e6x_engine_tables.ts";
import type { EngineCaller } from "../transport/engine-caller.ts";
import type { SignIn } from "./sign-in.ts";

/** The properties that a caller has set on a session, kept so that every later session gets them too. */
export interface PropertyMemory {
  /** All of them as JSON; nothing where none was set. */
  json: string | undefined;
}

const timeoutMs = 30_000;

/**
 * Sets the remembered properties on each new session before it is used: a connection that moves to the other stack, or
 * signs in again, keeps them. A stack that refuses them is not signed in to.
 */
export function withProperties(signIn: SignIn, call: EngineCaller, memory: PropertyMemory): SignIn {
  return async (route, signal) => {
    const session = await signIn(route, signal);
    let props: string | undefined;
    // Others may be set while these are on their way.
    while (memory.json !== undefined && memory.json !== props) {
      props = memory.json;
      await call(setProps, { props }, { route: { ...route, session }, signal, timeoutMs });
    }
    return session;
  };
}

/** Adds properties to those that are remembered. */
export function rememberProperties(memory: PropertyMemory, json: string): void {
  memory.json = JSON.stringify({ ...JSON.parse(memory.json ?? "{}"), ...JSON.parse(json) });
}
