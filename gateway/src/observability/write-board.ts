/** Writes the board's file anew: `node --conditions=e6data-source gateway/src/observability/write-board.ts`, then `npm run format`. */
import { writeFileSync } from "node:fs";
import { board } from "./board.ts";
import { grafanaJson } from "./grafana.ts";

const file = new URL("../../observability/grafana/e6data-gateway.json", import.meta.url);

writeFileSync(file, `${JSON.stringify(grafanaJson(board), null, 2)}\n`);
