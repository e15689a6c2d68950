import { createRunner, type RunBehaviour } from "../run-behaviour.ts";
import type { Order } from "./serve-lines.ts";

/** What the worker is bound to. */
interface Environment {
  readonly GATEWAY_URL: string;
  readonly CONTROL_URL: string;
}

let run: RunBehaviour | undefined;

// biome-ignore lint/style/noDefaultExport: workerd demands one
export default {
  async fetch(request: Request, { GATEWAY_URL: url, CONTROL_URL: controlUrl }: Environment): Promise<Response> {
    run ??= createRunner({ platform: "workerd", url, controlUrl });
    // The requests are those of `startWorkerd`.
    const { group, name } = (await request.json()) as Order;
    return Response.json(await run(group, name));
  },
};
