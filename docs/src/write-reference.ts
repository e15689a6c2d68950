import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { generateReference } from "./generate-reference.ts";

/** The folder of the committed reference. */
const folder = fileURLToPath(new URL("../api", import.meta.url));

await rm(folder, { recursive: true, force: true });
await generateReference(folder);
