/** What the cluster says of itself. A word that is not known here counts as `unknown`: such a cluster cannot be resumed. */
export const clusterStates = ["active", "suspended", "resuming", "failed", "unknown"] as const;

/**
 * What a cluster can say of itself.
 *
 * @useDeclaredType
 */
export type ClusterState = (typeof clusterStates)[number];

/** Reads the cluster's word for its state: any case, blanks trimmed. */
export function parseClusterState(word: string): ClusterState {
  const name = word.trim().toLowerCase();
  return clusterStates.find((state) => state === name) ?? "unknown";
}
