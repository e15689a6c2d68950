import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { anyFreePort } from "../src/port.ts";

/** A Prometheus that reads one target. */
export interface RunningPrometheus extends AsyncDisposable {
  /** What an instant query yields. Rejects with Prometheus' words for a bad query. */
  query(expr: string): Promise<readonly Sample[]>;
  /** Whether each rule of the file was evaluated well, by the rule's name. */
  rules(): Promise<ReadonlyMap<string, string>>;
  /** Resolves when the query yields something. */
  until(expr: string): Promise<void>;
}

/** One series at one time. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Milliseconds after which what has not happened will not. */
const patience = 30_000;

/** Starts a Prometheus that reads `target` (`host:port`, job `e6data-gateway`) each second and evaluates the rules. */
export async function startPrometheus(binary: string, target: string, rulesFile: string): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "e6data-prometheus-"));
  const config = join(folder, "prometheus.yml");
  // YAML is a superset of JSON.
  await writeFile(config, JSON.stringify(configuration(target, rulesFile)));
  const address = `127.0.0.1:${await anyFreePort("127.0.0.1")}`;
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`];
  const child = spawn(binary, args, { stdio: "ignore", cwd: folder });
  const get = async (path: string): Promise<unknown> => (await fetch(`http://${address}${path}`)).json();
  const prometheus: RunningPrometheus = {
    async query(expr) {
      return samplesOf(await get(`/api/v1/query?query=${encodeURIComponent(expr)}`), expr);
    },
    async rules() {
      return healthOf(await get("/api/v1/rules"));
    },
    until: (expr) => poll(async () => (await prometheus.query(expr)).length > 0, `no result of ${expr}`),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await poll(async () => (await fetch(`http://${address}/-/ready`)).ok, "Prometheus did not start");
    return prometheus;
  } catch (error) {
    await prometheus[Symbol.asyncDispose]();
    throw error;
  }
}

function configuration(target: string, rulesFile: string): object {
  return {
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: [rulesFile],
    scrape_configs: [
      {
        job_name: "e6data-gateway",
        metrics_path: "/stats/prometheus",
        static_configs: [{ targets: [target] }],
      },
    ],
  };
}

async function poll(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = AbortSignal.timeout(patience);
  while (!deadline.aborted) {
    // Not there yet is no error: the deadline decides.
    if (await isSo().catch(() => false)) return;
    await delay(50);
  }
  throw new Error(`${otherwise} within ${patience / 1000} s`);
}

interface QueryAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly { readonly metric: Sample["labels"]; readonly value: readonly [number, string] }[];
  };
}

function samplesOf(answer: unknown, expr: string): readonly Sample[] {
  // Prometheus' documented form; a test may trust it.
  const { status, error, data } = answer as QueryAnswer;
  if (status !== "success") throw new Error(`${expr}: ${error}`);
  return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
}

interface RulesAnswer {
  readonly data: {
    readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
  };
}

function healthOf(answer: unknown): ReadonlyMap<string, string> {
  const { groups } = (answer as RulesAnswer).data;
  return new Map(groups.flatMap(({ rules }) => rules.map(({ name, health }) => [name, health])));
}
