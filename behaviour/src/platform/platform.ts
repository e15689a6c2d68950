import type { Outcome } from "../suite/behaviour.ts";

/** A runtime in which cases can be run, one after the other. */
export interface Platform extends AsyncDisposable {
  run(group: string, name: string): Promise<Outcome>;
  /** Lets the runtime come to its end by itself; rejects where it ends otherwise. */
  end(): Promise<void>;
}
