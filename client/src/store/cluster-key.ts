/** What a cluster's state is kept by: all who use it through the same gateway say the same. Holds no user. */
export function clusterKey(baseUrl: string, cluster: string | undefined): string {
  return `${baseUrl} ${cluster ?? ""}`.trim();
}
