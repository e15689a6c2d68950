import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority } from "../test/certificates.ts";
import { configNamed, configNames } from "../test/golden/configs.ts";
import { renderFlattened } from "./bootstrap.ts";
import { readSettings } from "./config/settings.ts";
import type { Situation } from "./deploy/deployment-state.ts";
import { findEnvoy } from "./envoy-binary.ts";
import { validateConfig } from "./envoy-process.ts";
import type { GatewayState } from "./options.ts";
import { renderRoutes } from "./routes.ts";
import { runFiles } from "./run-files.ts";

const stack = new AsyncDisposableStack();
let binary: string;
let folder: string;

/** Makes the files that the configurations name. */
beforeAll(async () => {
  binary = await findEnvoy(undefined);
  folder = await mkdtemp(join(tmpdir(), "gateway-rendered-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const authority = stack.use(await createAuthority("an authority"));
  for (const name of ["listener", "client"]) {
    const { certificate, key } = await authority.issue(name);
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "certificate.pem"), certificate);
    await writeFile(join(folder, name, "key.pem"), key);
  }
  await mkdir(join(folder, "engine"));
  await writeFile(join(folder, "engine", "ca.pem"), authority.ca);
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  await writeFile(join(folder, "jwks.json"), JSON.stringify({ keys: [publicKey.export({ format: "jwk" })] }));
});

afterAll(() => stack.disposeAsync());

const states: readonly (GatewayState | Situation)[] = [
  { active: "green", announced: "blue" },
  { stacks: { blue: "active", green: "draining" } },
  { stacks: { blue: "off", green: "active" } },
];

describe("what is rendered", () => {
  it.each(configNames.flatMap((name) => states.map((state) => [name, state] as const)))(
    "is accepted by Envoy: the configuration %s, in the state %o",
    async (name, state) => {
      const settings = readSettings(configNamed(name), { folder });
      const files = runFiles(folder);
      await writeFile(files.flattened, JSON.stringify(renderFlattened(settings, files, renderRoutes(settings, state))));
      await expect(validateConfig(binary, files.flattened, files.validationLog)).resolves.toBeUndefined();
    },
  );
});
