import { type Strategy, strategies } from "e6data-web/headers";
import { type HealthCheck, readHealthCheck } from "./health-check.ts";
import type { Reader } from "./reader.ts";
import { host, portToCall } from "./rules.ts";
import { readStackTls, type StackTls } from "./tls.ts";

/** Where a stack can be called. */
export interface AddressSettings {
  readonly host: string;
  readonly port: number;
}

/** One stack: HTTP/2, in clear text unless there is TLS. */
export interface StackSettings {
  /** At least one. Each leads to any engine of the stack: a query's calls are spread over them. */
  readonly addresses: readonly AddressSettings[];
  readonly tls: StackTls | undefined;
  /** How it is found out whether an address can be called; nothing: by calling it. */
  readonly healthCheck: HealthCheck | undefined;
}

/** The two stacks. */
export type StacksSettings = Readonly<Record<Strategy, StackSettings>>;

/** Reads `stacks`. */
export function readStacks(reader: Reader): StacksSettings {
  const [blue, green] = strategies;
  return { blue: reader.section(blue, readStack), green: reader.section(green, readStack) };
}

function readStack(reader: Reader): StackSettings {
  return {
    addresses: reader.sections("addresses", { min: 1, max: 64 }, readAddress),
    tls: reader.optionalSection("tls", readStackTls),
    healthCheck: reader.section("healthCheck", readHealthCheck),
  };
}

/** Reads one address of a stack. */
export function readAddress(reader: Reader): AddressSettings {
  return { host: reader.get("host", host, "127.0.0.1"), port: reader.required("port", portToCall) };
}
