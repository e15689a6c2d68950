import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mustRun } from "./command.mjs";
import { packClient } from "./pack-client.mjs";
import { root } from "./workspace.mjs";

const folder = join(root, `.cache/pack-test-${process.pid}`);
let tarball = "";
/** @type {readonly string[]} */
let doors = [];

beforeAll(async () => {
  tarball = await packClient(folder);
  const { exports } = JSON.parse(readFileSync(join(folder, "client/package.json"), "utf8"));
  doors = Object.keys(exports).filter((door) => !door.endsWith(".json"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @returns {ArrayBuffer} the tarball's bytes, and nothing of the buffer around them */
function tarballBytes() {
  return new Uint8Array(readFileSync(tarball)).buffer;
}

/** A project of a user, with the package installed from the tarball. @returns {Promise<string>} its folder */
async function installAtUser() {
  const user = join(folder, "user");
  const home = join(user, "node_modules/e6data-web");
  mkdirSync(home, { recursive: true });
  await mustRun("tar", ["-xzf", tarball, "-C", home, "--strip-components=1"], (output) => output);
  return user;
}

/** What a user writes first, and what must not compile. */
const query = `
import { connect } from "e6data-web";
export async function names(): Promise<readonly string[]> {
  await using connection = connect({ url: "https://gateway.example.com", user: "ann", token: "t" });
  const result = await connection.query("select n_name from nation where n_regionkey = ?", [3], { dialect: "plain" });
  // @ts-expect-error: a dialect that does not exist
  await connection.query("select 1", [], { dialect: "loose" });
  return result.rows().map(([name]) => String(name));
}`;

describe("packClient()", () => {
  it("makes a package of which publint has nothing to say", async () => {
    const { messages } = await publint({ pack: { tarball: tarballBytes() }, strict: true });
    expect(messages).toEqual([]);
  });

  it("makes a package whose types resolve at every door", async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarballBytes())));
    if (analysis.types === false) throw new Error("the package holds no types");
    expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining([...doors]));
    // The profile "esm-only" of that tool: ES modules are what browsers and edge runtimes load, and a `require` gets them in Node
    // since 22; `exports` is unknown to the resolution of Node 10, which TypeScript has given up.
    const isOld = (/** @type {object} */ problem) => "resolutionKind" in problem && problem.resolutionKind === "node10";
    const rest = analysis.problems.filter((problem) => problem.kind !== "CJSResolvesToESM" && !isOld(problem));
    expect(rest).toEqual([]);
  });

  it("packs what is published and nothing else", async () => {
    const output = await mustRun("tar", ["-tzf", tarball], (text) => text);
    const files = output.trim().split("\n");
    const expected =
      /^package\/(package\.json|README\.md|LICENSE|dist\/[\w./-]+\.(js|d\.ts)(\.map)?|src\/[\w./-]+\.ts)$/;
    expect(files.filter((file) => !expected.test(file) || file.includes(".test."))).toEqual([]);
    expect(files).toContain("package/LICENSE");
    const manifest = readFileSync(join(folder, "client/package.json"), "utf8");
    expect(manifest).not.toMatch(/e6data-source|devDependencies/);
  });

  it.each([
    ["nodenext", "our declarations and those they rest on checked", true],
    ["bundler", "our declarations and those they rest on checked", true],
    ["nodenext", "every door", false],
    ["bundler", "every door", false],
  ])("compiles at a user's with moduleResolution %s: %s", async (moduleResolution, _what, checksLibraries) => {
    // flechette's own declarations do not pass such a check.
    const used = checksLibraries ? doors.filter((door) => door !== "./arrow") : doors;
    const imports = used.map((door, index) => `import * as door${index} from "e6data-web${door.slice(1)}";`);
    const uses = used.map((_, index) => `export const names${index}: string[] = Object.keys(door${index});`);
    const compilerOptions = {
      strict: true,
      skipLibCheck: !checksLibraries,
      module: moduleResolution === "bundler" ? "preserve" : "nodenext",
      moduleResolution,
      target: "ES2022",
      lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
      types: [],
      noEmit: true,
    };
    const user = await installAtUser();
    writeFileSync(join(user, "use.mts"), [...imports, ...uses, query].join("\n"));
    writeFileSync(join(user, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.mts"] }));
    await mustRun("tsc", ["-p", "."], (output) => output, { cwd: user });
  });

  it("loads at every door in Node without its sources", async () => {
    const user = await installAtUser();
    rmSync(join(user, "node_modules/e6data-web/src"), { recursive: true });
    const script = doors.map((door) => `await import(${JSON.stringify(`e6data-web${door.slice(1)}`)});`).join("\n");
    writeFileSync(join(user, "load.mjs"), `${script}\nconsole.log("loaded");`);
    const output = await mustRun(process.execPath, ["load.mjs"], (text) => text, { cwd: user });
    expect(output).toBe("loaded\n");
  });
});
