import { GatewayError } from "./gateway-error.ts";
import { statPrefix } from "./listener.ts";
import { routeTableName } from "./routes.ts";

/** What Envoy says about the route file. */
export interface RouteStatus {
  /** The version of the routes in use; empty before the first. */
  readonly version: string;
  /** How many route files Envoy has turned down since its start. */
  readonly refused: number;
}

const routeStats = `http.${statPrefix}.rds.${routeTableName}`;

/** Milliseconds for one answer of Envoy's own interface. */
const answerTimeout = 5000;

/** Envoy's own interface, as far as the gateway asks it. Each call rejects with `TIMEOUT` if Envoy does not answer. */
export class Admin {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** True once Envoy takes calls. */
  async isReady(): Promise<boolean> {
    return (await this.#get("/ready")).isOk;
  }

  /** The port that a listener is bound to, `undefined` while it is not. */
  async listenerPort(name: string): Promise<number | undefined> {
    const body: unknown = JSON.parse((await this.#get("/listeners?format=json")).text);
    const statuses = list(field(body, "listener_statuses"));
    const status = statuses.find((entry) => field(entry, "name") === name);
    const port = field(field(field(status, "local_address"), "socket_address"), "port_value");
    return typeof port === "number" && port > 0 ? port : undefined;
  }

  /** The routes in use, and how many were turned down. */
  async routeStatus(): Promise<RouteStatus> {
    const values = await this.stats(`^${routeStats}\\.(version_text|update_rejected|update_failure)$`);
    const count = (name: string) => Number(values.get(`${routeStats}.${name}`) ?? 0);
    return {
      version: (values.get(`${routeStats}.version_text`) ?? "").replaceAll('"', ""),
      refused: count("update_rejected") + count("update_failure"),
    };
  }

  /** The statistics whose whole name a regular expression (RE2) matches, by name. One that was never counted is missing. */
  async stats(filter: string): Promise<ReadonlyMap<string, string>> {
    const { text } = await this.#get(`/stats?filter=${encodeURIComponent(filter)}`);
    const lines = text.split("\n").map((line) => [before(line, ": "), line] as const);
    return new Map(lines.map(([name, line]) => [name, line.slice(name.length + 2)]));
  }

  /** The body as text: it is read within the time too. */
  async #get(path: string): Promise<{ readonly isOk: boolean; readonly text: string }> {
    try {
      const response = await fetch(this.url + path, { signal: AbortSignal.timeout(answerTimeout) });
      return { isOk: response.ok, text: await response.text() };
    } catch (cause) {
      throw new GatewayError("TIMEOUT", `Envoy does not answer at ${this.url}${path}`, { cause });
    }
  }
}

function before(line: string, separator: string): string {
  return line.split(separator, 1)[0] ?? "";
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
