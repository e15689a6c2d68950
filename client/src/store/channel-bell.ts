import type { Bell, News } from "./state-row.ts";

/** What is needed of `BroadcastChannel`. */
export type CreateChannel = (name: string) => BroadcastChannel;

/** Joins the tabs that ring for `key`. Throws where the platform does. */
export function joinChannel(createChannel: CreateChannel, key: string, hear: (news: News) => void): Bell {
  const channel = createChannel(key);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const news = readNews(data);
    if (news !== undefined) hear(news);
  };
  return {
    ring: ({ lineage, version }) => channel.postMessage({ lineage, version }),
    close: () => channel.close(),
  };
}

/** Any script of the page's origin may post here. */
function readNews(data: unknown): News | undefined {
  const { lineage, version }: { readonly lineage?: unknown; readonly version?: unknown } = Object(data);
  return typeof lineage === "string" && typeof version === "number" ? { lineage, version } : undefined;
}
