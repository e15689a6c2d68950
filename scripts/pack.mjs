/** `npm run pack`: the client as it is published, a tarball in .cache/pack. */
import { join } from "node:path";
import { packClient } from "./pack-client.mjs";
import { readArguments } from "./read-arguments.mjs";
import { main } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { root } from "./workspace.mjs";

await main(async () => {
  readArguments({});
  await ensureDependencies();
  console.log(await packClient(join(root, ".cache/pack")));
});
