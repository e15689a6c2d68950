import { once } from "node:events";
import { createServer } from "node:net";
import { GatewayError } from "./gateway-error.ts";

/** Rejects with `PORT_UNAVAILABLE` if nobody may listen there now; port 0 always passes. */
export async function assertPortFree(host: string, port: number, option: string): Promise<void> {
  const cause = port === 0 ? undefined : await listenProblem(host, port);
  if (cause !== undefined) {
    throw new GatewayError("PORT_UNAVAILABLE", `cannot listen on ${host}:${port} (${cause}): choose another ${option}`);
  }
}

/** The first port from `first` on where somebody may listen now. Rejects with `PORT_UNAVAILABLE` after 50. */
export async function firstFreePort(host: string, first: number, option: string): Promise<number> {
  for (let port = first; port < first + 50 && port <= 65_535; port += 1) {
    if ((await listenProblem(host, port)) === undefined) {
      return port;
    }
  }
  throw new GatewayError("PORT_UNAVAILABLE", `no free port on ${host} from ${first} on: choose another ${option}`);
}

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
    ["EADDRINUSE", "the port is taken"],
    ["EACCES", "not permitted"],
    ["EADDRNOTAVAIL", "no such address on this machine"],
  ]);
  return known.get(code) ?? String(code);
}
