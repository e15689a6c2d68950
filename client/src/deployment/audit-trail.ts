import { anything, type Checks, callable, checkAll, wholeNumberFrom } from "../checks.ts";
import { harmlessly } from "../harmlessly.ts";
import { clusterName, readUrl } from "../options.ts";
import { platformRuntime } from "../runtime.ts";
import type { DeploymentListener } from "../session/deployment-event.ts";
import { clusterKey } from "../store/cluster-key.ts";
import { platformOf } from "../store/platform.ts";
import { reasonOf } from "../store/store-event.ts";
import { within } from "../store/within.ts";
import { changeTrail } from "./audit-database.ts";
import { type AuditEntry, addSwitch } from "./audit-entry.ts";

/** Options of {@link openAuditTrail}. */
export interface AuditOptions {
  /** Address of the gateway, as `connect()` got it. */
  readonly url: string | URL;
  /** Name of the cluster, as `connect()` got it. Default: none. */
  readonly cluster?: string | undefined;
  /**
   * How many switches are kept, the last ones: of pages that say otherwise, the one that writes last counts. Default: 200; from 1 to
   * 10,000.
   */
  readonly limit?: number | undefined;
  /**
   * Is told why switches are kept in memory only, by the name of the platform's error, once until storage works again. Where there is
   * no IndexedDB it is a `NotSupportedError`. Default: nobody is told.
   */
  readonly onFailure?: ((reason: string) => void) | undefined;
  /** Where IndexedDB is. Default: `globalThis`. */
  readonly scope?: Parameters<typeof platformOf>[0] | undefined;
}

/** Which switches were made, when: kept in IndexedDB for all pages of the origin, else in memory. */
export interface AuditTrail {
  /** Writes down a switch, and passes over other events: for `onDeployment` or `subscribe()`. One that another tab wrote down is there once. */
  readonly record: DeploymentListener;
  /** All switches that are kept, whoever wrote them down, the oldest first. Never rejects; waits two seconds at most. */
  read(): Promise<readonly AuditEntry[]>;
}

const checks: Checks = {
  url: anything,
  cluster: clusterName,
  limit: wholeNumberFrom(1, 10_000),
  onFailure: callable,
  scope: [(value) => Object(value) === value, "a global scope"],
};

/** A platform that has not answered by then does not answer. */
const longestTransactionMs = 2_000;

/**
 * Opens the audit trail of a cluster; nothing is read yet, and there is nothing to close. Throws `INVALID_OPTION`.
 *
 * ```ts
 * const trail = openAuditTrail({ url });
 * const connection = connect({ url, user, token, onDeployment: trail.record });
 * ```
 */
export function openAuditTrail(options: AuditOptions): AuditTrail {
  checkAll(options, checks, "openAuditTrail()");
  const { url, cluster, limit = 200, onFailure = () => undefined, scope = globalThis } = options;
  const key = clusterKey(readUrl(url), cluster?.toLowerCase());
  const { openDatabase } = platformOf(scope);
  let stored: readonly AuditEntry[] = [];
  let unstored: readonly AuditEntry[] = [];
  let hasFailed = false;
  const addAll = (trail: readonly AuditEntry[], entries: readonly AuditEntry[]) =>
    entries.reduce((all, entry) => addSwitch(all, entry, limit), trail);
  const exchange = async () => {
    const entries = unstored;
    try {
      const change = changeTrail(openDatabase, key, (trail) => addAll(trail, entries));
      stored = await within(change, longestTransactionMs, platformRuntime);
      unstored = unstored.filter((entry) => !entries.includes(entry));
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) harmlessly(() => onFailure(reasonOf(error)));
      hasFailed = true;
    }
  };
  return {
    record(event) {
      if (event.type !== "switched") return;
      const { changedAt: at, from, to, tookMs } = event;
      unstored = addSwitch(unstored, { at, from, to, tookMs }, limit);
      void exchange();
    },
    async read() {
      await exchange();
      return addAll(stored, unstored);
    },
  };
}
