import { fileURLToPath } from "node:url";
import type { Lab } from "../lab.ts";
import type { Surroundings } from "../suite/behaviour.ts";
import type { Platform } from "./platform.ts";
import { startProcess } from "./process.ts";

/** Node, with the client's sources. A process of its own: the test's, in which the mock runs too, never ends by itself. */
export function startNode({ url, controlUrl }: Lab): Platform {
  const surroundings: Surroundings = { platform: "Node", url, controlUrl };
  const main = fileURLToPath(new URL("node-main.ts", import.meta.url));
  return startProcess("Node", process.execPath, [
    "--conditions=e6data-source",
    "--disable-warning=ExperimentalWarning",
    main,
    JSON.stringify(surroundings),
  ]);
}
