import type { Mock } from "@e6data-web/mock";
import type { Connection } from "e6data-web";
import type { Deployer } from "./deployer.ts";
import type { Ledger } from "./ledger.ts";
import type { StormTab } from "./tabs.ts";

/** The parts of a storm. */
export interface StormParts {
  readonly mock: Mock;
  readonly deployer: Deployer;
  readonly ledger: Ledger;
  readonly tabs: readonly StormTab[];
  /** Who looks after the scratch table, outside of the storm. */
  readonly keeper: Connection;
}
