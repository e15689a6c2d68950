/**
 * The conformance suite of connectrpc.com, for gRPC-Web: the runner and its reference server. Both are Go programs, built
 * here at a pinned version, whose sources Go checks against its public log of checksums. Runs by itself too:
 * `node scripts/setup/conformance.mjs`.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { mustRun, runCommand } from "../command.mjs";
import { isMain, main, progress } from "../report.mjs";
import { root } from "../workspace.mjs";
import { ensureGo } from "./go.mjs";
import { installAside } from "./install-aside.mjs";
import { isExecutable } from "./program.mjs";

/** The version that the known failures were listed with. */
export const conformanceVersion = "1.0.7";

const what = `the conformance suite ${conformanceVersion}`;
const home = join(root, ".tools", `connect-conformance-${conformanceVersion}`);
const programs = /** @type {const} */ (["connectconformance", "referenceserver"]);
const [runner, server] = /** @type {const} */ ([join(home, "bin", programs[0]), join(home, "bin", programs[1])]);

/**
 * The paths of the runner and of the reference server, building them first if need be. Rejects with one line that names
 * the remedy.
 * @returns {Promise<{ runner: string, server: string }>}
 */
export async function ensureConformance() {
  if (!(await isExecutable(server))) {
    const go = await ensureGo();
    progress(`building ${what} into .tools (once; about a minute)`);
    await installAside(home, server, (folder) => build(go, folder));
  }
  return { runner, server };
}

/**
 * Runs the suite on a program.
 * @param {"client" | "server"} mode what the program is
 * @param {string} folder where `config.yaml` says what the program can do, and `known-failing.txt` which cases it fails
 * @param {readonly string[]} program with its arguments
 * @returns {Promise<{ code: number, output: string }>} the report, and 0 if every case has come out as expected
 */
export async function runConformance(mode, folder, program) {
  const { runner } = await ensureConformance();
  const expected = ["--conf", join(folder, "config.yaml"), "--known-failing", `@${join(folder, "known-failing.txt")}`];
  return runCommand(runner, ["--mode", mode, ...expected, "--", ...program], { quiet: true, timeoutMs: 240_000 });
}

/**
 * @param {string} go
 * @param {string} folder
 */
async function build(go, folder) {
  const sources = join(folder, "sources");
  const env = {
    GOBIN: join(folder, "bin"),
    // Nothing of the reader's own Go is touched, and its settings do not reach in here.
    GOPATH: sources,
    GOCACHE: join(sources, "cache"),
    GOFLAGS: "-trimpath -modcacherw",
    GOENV: "off",
    CGO_ENABLED: "0",
  };
  const packages = programs.map((name) => `connectrpc.com/conformance/cmd/${name}@v${conformanceVersion}`);
  await mustRun(go, ["install", ...packages], explain, { env, timeoutMs: 900_000 });
  await rm(sources, { recursive: true, force: true });
}

/** @param {string} output @param {number} code */
function explain(output, code) {
  const isNetwork = code === 124 || /dial tcp|timeout|no such host|connection|TLS handshake|unreachable/i.test(output);
  const why = isNetwork
    ? "Go's module proxy was not reached: check the network (or GOPROXY)"
    : output.trim().split("\n").at(-1) || "no reason given";
  return `${what} could not be built (${why}): try again, or leave out what needs it`;
}

if (isMain(import.meta.url)) await main(async () => console.log(Object.values(await ensureConformance()).join("\n")));
