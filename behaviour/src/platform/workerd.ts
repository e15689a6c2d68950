import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { Lab } from "../lab.ts";
import type { Outcome } from "../suite/behaviour.ts";
import { bundle } from "./bundle.ts";
import type { Platform } from "./platform.ts";

/** workerd, the runtime of Cloudflare's Workers: a request for each case. */
export async function startWorkerd({ url, controlUrl }: Lab): Promise<Platform> {
  const contents = await bundle("worker-main.ts", ["workerd", "worker", "browser"]);
  const worker = new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: "ESModule", path: "worker.js", contents }],
      compatibilityDate: "2026-10-01",
      bindings: { GATEWAY_URL: url, CONTROL_URL: controlUrl },
      cf: false,
    }),
  );
  const dispose = () => worker.dispose();
  return {
    async run(group, name) {
      const body = JSON.stringify({ group, name });
      const response = await worker.dispatchFetch("http://edge.example/", { method: "POST", body });
      // The answers are those of `worker-main.ts`.
      return (await response.json()) as Outcome;
    },
    end: dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
