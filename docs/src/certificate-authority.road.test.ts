import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startGateway } from "@e6data-web/gateway";
import { startMock } from "@e6data-web/mock";
import { connect } from "e6data-web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSnippets } from "./snippets.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Has `ca.pem`, an authority that no machine knows, and what it has signed for 127.0.0.1. */
const folder = here("./certificate");
const stack = new AsyncDisposableStack();
let url: string;

/** A gateway behind TLS. */
beforeAll(async () => {
  const mock = stack.use(await startMock({ scale: 0.001 }));
  const gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1 });
  stack.defer(() => gateway.close());
  const [cert, key] = [readFileSync(`${folder}/certificate.pem`), readFileSync(`${folder}/key.pem`)];
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    const { method, headers } = incoming;
    const onward = httpRequest(gateway.url + incoming.url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // It listens on a port, not on a pipe.
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => stack.disposeAsync());

/** The guide's code for a runtime. */
function codeFor(runtime: string): string {
  const snippets = readSnippets(readFileSync(here("../guide/runtimes.md"), "utf8"));
  return snippets.find(({ notRun }) => notRun === `it needs ${runtime}`)?.code ?? "";
}

/** Runs a query on the `connection` that some code makes. */
function program(code: string): string {
  return `import { connect } from "e6data-web";
const [url, user, token] = ${JSON.stringify([url, "ada@example.com", "any-token"])};
${code}
console.log(JSON.stringify((await connection.query("select 1")).rows()));
await connection.close();`;
}

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd: folder, timeout: 30_000, env });
  return stdout.trim();
}

/** The program itself: the one that npm's package starts stands between, and does not hand a kill on. */
function findDeno(): string {
  const target = `${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`;
  const require = createRequire(createRequire(import.meta.url).resolve("deno/package.json"));
  return join(
    dirname(require.resolve(`@deno/${target}/package.json`)),
    process.platform === "win32" ? "deno.exe" : "deno",
  );
}

describe("a certificate authority of one's own", () => {
  const node = ["--conditions=e6data-source", "--input-type=module-typescript", "--eval"];

  it("is unknown by itself", async () => {
    await using connection = connect({ url, user: "ada", token: "any-token" });
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "NETWORK" });
  });

  it("is made known to one connection in Node", async () => {
    expect(await run(process.execPath, [...node, program(codeFor("Node"))])).toBe("[[1]]");
  });

  it("is made known to all of Node", async () => {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: "ca.pem" };
    const plain = program("const connection = connect({ url, user, token });");
    expect(await run(process.execPath, [...node, plain], env)).toBe("[[1]]");
  });

  it("is made known to one connection in Deno", async () => {
    const args = [
      "eval",
      "--quiet",
      "--no-lock",
      "--cached-only",
      "--node-modules-dir=manual",
      "--conditions=e6data-source",
      "--ext=ts",
    ];
    expect(await run(findDeno(), [...args, program(codeFor("Deno"))])).toBe("[[1]]");
  });
});
