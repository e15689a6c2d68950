import { cp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { generateReference } from "./generate-reference.ts";

const fresh = fileURLToPath(new URL("../.cache/api", import.meta.url));
const committed = fileURLToPath(new URL("../api", import.meta.url));

// Generated aside: where a doc comment is wrong, the pages that are there stay.
await rm(fresh, { recursive: true, force: true });
await generateReference(fresh);
await rm(committed, { recursive: true, force: true });
await cp(fresh, committed, { recursive: true });
