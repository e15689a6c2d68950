import { relative } from "node:path";
import { renderBootstrap } from "../bootstrap.ts";
import { assertRendered } from "../check-rendered.ts";
import type { GatewaySettings } from "../config/settings.ts";
import { renderRoutes } from "../routes.ts";
import { runFiles } from "../run-files.ts";
import { secretFile, secretPath, secretsOf } from "../secrets.ts";

/** A file that an Envoy starts from which somebody else runs: a container, a pod. */
export interface RenderedFile {
  /** From the folder that all of them are in. */
  readonly path: string;
  readonly text: string;
}

/**
 * What Envoy starts from when it finds these files in the folder `at`, beside `routes/routes.json`, which is the deployment's. The same
 * for the same configuration.
 */
export function renderedFiles(settings: GatewaySettings, at: string): readonly RenderedFile[] {
  const files = runFiles(at);
  const bootstrap = renderBootstrap(settings, files);
  assertRendered(bootstrap, (situation) => renderRoutes(settings, situation));
  const secrets = secretsOf(settings).map((secret) => ({
    path: secretPath(files.secretsDir, secret),
    content: secretFile(secret),
  }));
  return [{ path: files.bootstrap, content: bootstrap }, ...secrets].map(({ path, content }) =>
    renderedFile(relative(at, path), content),
  );
}

/** A file of JSON, laid out to be read. */
export function renderedFile(path: string, content: object): RenderedFile {
  return { path, text: `${JSON.stringify(content, null, 2)}\n` };
}
