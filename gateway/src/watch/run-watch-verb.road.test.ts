import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Mock, startMock } from "@e6data-web/mock";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type DeployedGateways, deployProgram, startDeployed } from "../../test/deployed-gateways.ts";
import type { DeploymentController } from "../deploy/controller.ts";
import { activeStack } from "../deploy/deployment-state.ts";
import { signedHeaders } from "./hooks/hook-signature.ts";

let mock: Mock;
let deployed: DeployedGateways;
let controller: DeploymentController;

beforeAll(async () => {
  mock = await startMock();
  deployed = await startDeployed({ blue: mock.blue.port, green: mock.green.port }, 1);
  controller = deployed.controller();
});

/** Each test begins with blue active, and green announced and about to be promoted. */
beforeEach(async () => {
  await controller.change({ verb: "announce", stack: activeStack(await controller.read()) });
  await controller.change({ verb: "promote", stack: "blue" });
  await controller.change({ verb: "announce", stack: "green" });
});

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
  await mock?.close();
});

const web = { ":path": "/QueryEngineService/healthCheck", "content-type": "application/grpc-web+proto" };

describe("npm run deploy", () => {
  /** Runs the program on a configuration with so short times that a window is over at once. */
  async function startDeploy(watch: object, ...args: readonly string[]) {
    const path = join(deployed.folder, "gateway.json");
    const times = { interval: "100ms", window: "300ms", longestWindow: "5s", minRequests: 20 };
    const settings = { ...times, checks: ["errorRate", "mismatchRate", "abandonedRate"], ...watch };
    await writeFile(path, JSON.stringify({ ...deployed.config, watch: settings }));
    const child = spawn(process.execPath, ["--conditions=e6data-source", deployProgram, ...args, "--config", path], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
    return { child, ended: ended.then(([[code], output, errors]) => ({ code, output, errors })) };
  }

  it("promotes nothing that the gate's program does not like", async () => {
    const before = await controller.read();
    const { ended } = await startDeploy({ gate: { command: ["/bin/false"] } }, "promote", "green");
    const { code, errors } = await ended;
    expect([code, errors]).toEqual([7, expect.stringContaining("the gate's program: it ended with exit code 1")]);
    expect(await controller.read()).toEqual(before);
  });

  it("takes a bad stack back by itself, says why, and tells those who want to know", async () => {
    const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
    const receiver = createServer((request, response) => {
      void text(request).then((body) => {
        seen.push({ headers: request.headers, body });
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    onTestFinished(() => void receiver.close());
    const address = receiver.address();
    const key = Buffer.alloc(32, 5);
    await writeFile(join(deployed.folder, "hook.key"), `whsec_${key.toString("base64")}`);
    const on = ["rolled-back"];
    const { ended } = await startDeploy(
      {
        hooks: [
          { name: "file", on, command: ["/bin/sh", "-c", "cat > told", "very-secret"] },
          {
            name: "chat",
            on,
            url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/very-secret`,
            secretFile: "hook.key",
          },
        ],
      },
      "watch",
      "--json",
    );
    let isOver = false;
    const { version } = (await controller.change({ verb: "promote", stack: "green" })).state;
    mock.control.switch("green");
    mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 5, form: "unavailable-503" }]);
    const traffic = (async () => {
      while (!isOver) {
        await deployed.connections[0]?.call(web);
      }
    })();
    const { code, output, errors } = await ended;
    isOver = true;
    await traffic;
    const events = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const failed = events.find(({ event }) => event === "failed");
    expect(failed).toMatchObject({ candidate: "green", former: "blue", version, recent: ["fail", "fail"] });
    expect(events.at(-1)).toMatchObject({ event: "rolled-back", version: version + 1, reason: failed.reason });
    expect([code, JSON.parse(errors).error.code]).toEqual([9, "STACK_FAILED"]);
    expect((await controller.read()).change).toMatchObject({ verb: "rollback", reason: failed.reason });
    const [{ headers, body } = { headers: {}, body: "" }] = seen;
    expect(JSON.parse(body)).toMatchObject(events.at(-1));
    expect(headers).toMatchObject(
      signedHeaders([key], String(headers["webhook-id"]), Number(headers["webhook-timestamp"]), body),
    );
    expect(JSON.parse(await readFile(join(deployed.folder, "told"), "utf8"))).toMatchObject(events.at(-1));
    expect(output + errors).not.toContain("very-secret");
  });

  it("says that there is nothing to watch", async () => {
    await controller.change({ verb: "announce", stack: "blue" });
    await controller.change({ verb: "drain", stack: "green" });
    await controller.change({ verb: "off", stack: "green" });
    const { ended } = await startDeploy({}, "watch");
    const { code, errors } = await ended;
    expect([code, errors]).toEqual([3, expect.stringContaining("announce or promote one, or --follow")]);
  });

  it("gives up on a state file that cannot be read", async () => {
    const path = join(deployed.folder, "state.json");
    const good = await readFile(path);
    onTestFinished(() => writeFile(path, good));
    await writeFile(path, "{");
    const { ended } = await startDeploy({ longestWindow: "1s" }, "watch", "--json");
    const { code, output, errors } = await ended;
    expect([code, JSON.parse(errors).error]).toEqual([
      1,
      {
        code: "DEPLOYMENT_BROKEN",
        message: expect.stringMatching(
          /^the deployment's state could not be read for \d.* put the newest good file of/,
        ),
      },
    ]);
    expect(JSON.parse(output)).toMatchObject({ event: "state-unreadable" });
  });

  it.each<[string, readonly string[], number, string]>([
    ["with success where it goes on and on", ["--follow"], 0, ""],
    ["without a verdict else, so that no script goes on", [], 7, "error: the watch was asked to end before"],
  ])("ends when it is asked to, %s", async (_, options, exitCode, problem) => {
    const times = { interval: "1m", window: "1m", longestWindow: "1m" };
    const { child, ended } = await startDeploy(times, "watch", ...options);
    await once(child.stdout, "readable");
    // The next look would be in a minute: it does not wait for that.
    child.kill("SIGTERM");
    const { code, output, errors } = await ended;
    expect([code, errors]).toEqual([exitCode, problem === "" ? "" : expect.stringContaining(problem)]);
    expect(output).toMatch(/^\d{4}-\d\d-\d\dT\S+Z green is watched: announced by version \d+, blue is still active\n/);
  });
});
