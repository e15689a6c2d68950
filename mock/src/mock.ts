import { type Strategy, strategies } from "e6data-web/headers";
import { createCallLog } from "./calls.ts";
import { type Control, createControl } from "./control/control.ts";
import { createControlServer } from "./control/control-server.ts";
import { forEachStack } from "./deployment.ts";
import { createDeploymentStore } from "./deployment-store.ts";
import type { Engine } from "./engine/engine.ts";
import { createFaults } from "./faults.ts";
import { createMemoryCap } from "./memory-cap.ts";
import { createPlannerQueue } from "./planner-queue.ts";
import { createQueryRegistry } from "./query-registry.ts";
import { type CannedResult, createReplay } from "./replay.ts";
import { defaultSettings, type Settings } from "./settings.ts";
import { rpcNames } from "./stack/rpcs.ts";
import { createRunningStack } from "./stack/running-stack.ts";

/** What a mock may be asked for; every part has a default. */
export interface MockOptions extends Partial<Settings> {
  /** The ports on 127.0.0.1; 0, the default, is any that is free. */
  readonly bluePort?: number;
  readonly greenPort?: number;
  readonly controlPort?: number;
  /** How much sample data there is: 1 is TPC-H's scale factor 1. 0.01 by default. */
  readonly scale?: number;
  /** The most memory that data, statements and results take, such as `4GiB`. 1 GiB and 2 GiB times `scale` by default. */
  readonly memoryLimit?: string;
  /** The most rows of a result batch. 10,000 by default. */
  readonly batchRows?: number;
  /** The folder whose Parquet files data frames may read. None by default. */
  readonly parquetFolder?: string;
  /** An engine of one's own instead of DuckDB with the sample data; the mock closes it. */
  readonly engine?: Engine;
}

/** Where a stack listens: gRPC over HTTP/2 in clear text, with prior knowledge, on 127.0.0.1. */
export interface MockStack {
  readonly port: number;
}

/** A running mock: two stacks in front of one database, and the control interface. */
export interface Mock extends AsyncDisposable {
  readonly blue: MockStack;
  readonly green: MockStack;
  readonly controlPort: number;
  readonly controlUrl: string;
  readonly control: Control;
  /** From now on this SQL text, exactly, is answered with these bytes instead of by the engine. */
  replay(sql: string, result: CannedResult): void;
  /** From now on this SQL text, exactly, is answered with what the engine answers now: much cheaper, and always the same. */
  record(sql: string): Promise<void>;
  /** Stops everything and gives it back. Closing twice is once. */
  close(): Promise<void>;
}

/** Starts a mock. Rejects if a port cannot be had. Two mocks in one process share nothing. */
export async function startMock(options: MockOptions = {}): Promise<Mock> {
  const { bluePort = 0, greenPort = 0, controlPort = 0, engine: ownEngine, ...others } = options;
  const { scale = 0.01, memoryLimit, batchRows, parquetFolder, ...chosen } = others;
  const settings: Settings = { ...defaultSettings, ...chosen };
  const replay = createReplay(
    ownEngine ?? (await openDuckDb({ scale, memoryLimit, batchRows, parquetFolder }, settings)),
  );
  const deployment = createDeploymentStore(settings);
  const calls = createCallLog(settings.maxCalls);
  const faults = createFaults(rpcNames);
  const plannerQueue = createPlannerQueue(settings.clock);
  const queries = forEachStack(() => createQueryRegistry(settings.clock, settings));
  const memoryCap = createMemoryCap(replay.engine, Object.values(queries), settings.maxMemoryLoad);
  const ports: Record<Strategy, number> = { blue: bluePort, green: greenPort };
  const stacks = forEachStack((stack) =>
    createRunningStack({
      stack,
      settings,
      engine: replay.engine,
      queries: queries[stack],
      memoryCap,
      plannerQueue,
      deployment,
      calls,
      faults,
      port: ports[stack],
    }),
  );
  const control = createControl({ settings, deployment, calls, faults, plannerQueue, stacks });
  const controlServer = createControlServer(control, controlPort);
  const close = closeOnce(async () => {
    await Promise.all([controlServer.stop(), ...strategies.map((stack) => stacks[stack].stop())]);
    await replay.engine[Symbol.asyncDispose]();
  });
  try {
    for (const stack of strategies) await stacks[stack].start();
    await controlServer.start();
  } catch (reason) {
    await close();
    throw reason;
  }
  return {
    blue: stacks.blue,
    green: stacks.green,
    controlPort: controlServer.port,
    controlUrl: `http://127.0.0.1:${controlServer.port}`,
    control,
    replay: replay.add,
    record: replay.record,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Loaded only where it is used: a native library. */
async function openDuckDb(
  {
    scale,
    memoryLimit,
    batchRows,
    parquetFolder,
  }: { [Key in "memoryLimit" | "batchRows" | "parquetFolder"]: MockOptions[Key] | undefined } & { scale: number },
  { maxOpenQueries }: Settings,
): Promise<Engine> {
  const { createEngine } = await import("./engine/duckdb-engine.ts");
  // The stacks keep the bound themselves: the engine's is above both together and what is being prepared meanwhile.
  return createEngine({
    scale,
    maxOpenStatements: 2 * maxOpenQueries + 1000,
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(batchRows !== undefined && { batchRows }),
    ...(parquetFolder !== undefined && { parquetFolder }),
  });
}

function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= close();
    return closing;
  };
}
