import { createRandom, type Random } from "../fuzz/random.ts";
import { type Connection, createConnection } from "../src/connection.ts";
import { readOptions } from "../src/options.ts";
import type { Runtime } from "../src/runtime.ts";
import { SharedStore } from "../src/store/shared-store.ts";
import type { StoreEvent } from "../src/store/store-event.ts";
import type { StrategyState } from "../src/strategy/strategy-state.ts";
import { createFetch, type Network } from "./network.ts";
import type { Origin, Platform } from "./origin.ts";
import type { Owner } from "./scheduler.ts";
import { createTabRuntime } from "./tab-runtime.ts";
import { doWork, type Outcome } from "./work.ts";

/** What a tab needs to know of its history. */
export interface TabSurroundings {
  readonly network: Network;
  readonly origin: Origin;
  readonly seed: number;
  readonly log: (text: string) => void;
}

/** A page of the origin with one connection: the real one, on a simulated browser. */
export class Tab implements Owner {
  readonly name: string;
  /** Its place among the tabs: who is opened again has the same. */
  readonly place: number;
  isFrozen = false;
  isGone = false;
  /** It knows the deployment alone. */
  isAlone = false;
  /** When it last put what the row says in the place of what it knew, having been alone for a while. */
  restoredAt = 0;
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly outcomes: Outcome[] = [];
  readonly connection: Connection;
  readonly #store: SharedStore;
  readonly #surroundings: TabSurroundings;

  constructor(name: string, place: number, surroundings: TabSurroundings) {
    const { network, origin, seed, log } = surroundings;
    this.name = name;
    this.place = place;
    this.#surroundings = surroundings;
    const random: Random = createRandom(seed, 1_000 + Number(name.slice(1)));
    this.runtime = createTabRuntime(this, network.scheduler, random);
    this.platform = origin.open(this);
    const onEvent = (event: StoreEvent) => {
      log(`${name} tells ${JSON.stringify(event)}`);
      if (event.type === "store-restored") this.restoredAt = network.scheduler.now;
      if (event.type === "store-restored" || event.part !== "locks") this.isAlone = event.type === "store-degraded";
    };
    this.#store = new SharedStore({ ...this.platform, runtime: this.runtime, onEvent });
    const signIn = network.isBearer ? { accessToken: "s3cr3t" } : { user: "ann", token: "s3cr3t" };
    const fetch = createFetch(network, this);
    const url = "https://gateway.example.com";
    const settings = readOptions({ url, fetch, store: this.#store, schema: "s", ...signIn });
    this.connection = createConnection(settings, this.runtime);
  }

  /** What it believes of the deployment. */
  get view(): StrategyState {
    return this.#store.read();
  }

  /** Begins a work. */
  begin(outcome: Outcome): void {
    this.outcomes.push(outcome);
    outcome.begunAt = this.runtime.now();
    void doWork(this.connection, this.runtime, outcome).then(() => {
      if (!this.isGone)
        this.#surroundings.log(
          `${this.name}: ${outcome.work.kind} ${outcome.number} ${outcome.state} ${outcome.code ?? ""}`,
        );
    });
  }

  /** Ends without a word. */
  crash(): void {
    this.isGone = true;
    this.#surroundings.network.scheduler.removeAll(this);
    this.platform.crash();
  }

  /** Closes the connection, and what it shares with others. */
  async close(): Promise<void> {
    await this.connection.close();
    await this.#store.close();
  }
}
