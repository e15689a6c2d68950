import { once } from "node:events";
import { createServer } from "node:net";
import { GatewayError } from "./gateway-error.ts";

/** Rejects with `PORT_UNAVAILABLE` if nobody may listen there now; port 0 always passes. */
export async function assertPortFree(host: string, port: number, option: string): Promise<void> {
  const problem = port === 0 ? undefined : await listenProblem(host, port);
  if (problem !== undefined) {
    throw unavailable(host, port, problem, option);
  }
}

/** The first port from `first` on that is not taken. Rejects with `PORT_UNAVAILABLE` after 50, or for another reason. */
export async function firstFreePort(host: string, first: number, option: string): Promise<number> {
  const last = Math.min(first + 49, 65_535);
  for (let port = first; port <= last; port += 1) {
    const problem = await listenProblem(host, port);
    if (problem === undefined) {
      return port;
    }
    if (problem !== taken) {
      throw unavailable(host, port, problem, option);
    }
  }
  throw unavailable(host, last, "all ports before it are taken too", option);
}

/** A port of this address that nobody listens on now. */
export async function anyFreePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function unavailable(host: string, port: number, problem: string, option: string): GatewayError {
  return new GatewayError(
    "PORT_UNAVAILABLE",
    `cannot listen on ${host}:${port} (${problem}): choose another ${option}`,
  );
}

const taken = "the port is taken";

async function listenProblem(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? describe(error.code) : String(error);
  } finally {
    server.close();
  }
}

function describe(code: unknown): string {
  const known = new Map<unknown, string>([
    ["EADDRINUSE", taken],
    ["EACCES", "not permitted"],
    ["EADDRNOTAVAIL", "no such address on this machine"],
  ]);
  return known.get(code) ?? String(code);
}
