import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { GatewayError } from "./gateway-error.ts";

/** The files of one run, all in one folder. */
export interface RunFiles {
  readonly bootstrap: string;
  /** The bootstrap with the routes in it, for Envoy's validation. */
  readonly flattened: string;
  /** The folder that Envoy watches; nothing but the routes lies in it. */
  readonly routesDir: string;
  readonly routes: string;
  /** Where new routes are written, beside the watched folder, before they are moved into it. */
  readonly newRoutes: string;
  /** The folder of the secrets' own files, which name the files of certificates. */
  readonly secretsDir: string;
  readonly adminAddress: string;
  readonly validationLog: string;
  readonly envoyLog: string;
  readonly clientLog: string;
  readonly upstreamLog: string;
}

/** The files of a run in the given folder. */
export function runFiles(folder: string): RunFiles {
  const routesDir = join(folder, "routes");
  return {
    bootstrap: join(folder, "bootstrap.json"),
    flattened: join(folder, "flattened.json"),
    routesDir,
    routes: join(routesDir, "routes.json"),
    newRoutes: join(folder, "new-routes.json"),
    secretsDir: join(folder, "secrets"),
    adminAddress: join(folder, "admin-address"),
    validationLog: join(folder, "validation.log"),
    envoyLog: join(folder, "envoy.log"),
    clientLog: join(folder, "access.log"),
    upstreamLog: join(folder, "upstream.log"),
  };
}

/** The folder of one run. */
export interface RunFolder {
  readonly path: string;
  readonly files: RunFiles;
  /** Removes it, unless somebody asked for it by name. */
  remove(): Promise<void>;
}

/** Makes the folder of a run: the given one, which stays, or a temporary one. Rejects with `INVALID_OPTION`. */
export async function openRunFolder(given: string | undefined): Promise<RunFolder> {
  const path = given === undefined ? await mkdtemp(join(tmpdir(), "e6data-gateway-")) : resolve(given);
  const files = runFiles(path);
  const folders = [files.routesDir, files.secretsDir];
  await Promise.all(folders.map((each) => mkdir(each, { recursive: true }))).catch((cause: unknown) => {
    throw new GatewayError("INVALID_OPTION", `cannot make the folder ${path}: choose another runDir`, { cause });
  });
  return {
    path,
    files,
    async remove() {
      if (given === undefined) {
        await rm(path, { recursive: true, force: true });
      }
    },
  };
}
