import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readStartOptions } from "./start-options.mjs";

/** @type {import("node:net").Server[]} */
const servers = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** @returns {Promise<number>} a port on which something listens */
async function takenPort() {
  const server = createServer();
  servers.push(server);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

describe("readStartOptions()", () => {
  it("gives each part a port of its own", async () => {
    const options = await readStartOptions([], {});
    if (options === "help") throw new Error("nobody asked for help");
    expect(Object.keys(options.ports).toSorted()).toEqual([
      "admin",
      "blue",
      "control",
      "dashboard",
      "gateway",
      "green",
    ]);
    expect(new Set(Object.values(options.ports)).size).toBe(6);
  });

  it("prefers an option to a variable, and both to the default", async () => {
    const [a, b] = [await takenPort(), await takenPort()];
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const options = await readStartOptions(["--blue-port", `${a}`], { E6_BLUE_PORT: "1", E6_GREEN_PORT: `${b}` });
    expect(options).toMatchObject({ ports: { blue: a, green: b } });
  });

  it("gives a default way to a port that was asked for", async () => {
    const options = await readStartOptions(["--green-port", "20050"], {});
    if (options === "help") throw new Error("nobody asked for help");
    expect(options.ports.green).toBe(20050);
    expect(options.ports.control).not.toBe(20050);
  });

  it("refuses a taken port that was asked for, by the name it was asked by", async () => {
    const port = await takenPort();
    await expect(readStartOptions(["--gateway-port", `${port}`], {})).rejects.toThrow(
      `--gateway-port is ${port}, which is taken: stop what listens there, or give another`,
    );
    await expect(readStartOptions([], { E6_GATEWAY_PORT: `${port}` })).rejects.toThrow(
      `E6_GATEWAY_PORT is ${port}, which is taken`,
    );
  });

  it("refuses one port for two parts", async () => {
    await expect(readStartOptions(["--gateway-port", "18123", "--blue-port", "18123"], {})).rejects.toThrow(
      "--blue-port is 18123, which another part was given",
    );
  });

  it.each(["0", "65536", "abc", "80 80", "-1", "1e3", "8080.5"])("refuses the port %s", async (text) => {
    await expect(readStartOptions([`--admin-port=${text}`], {})).rejects.toThrow(
      `--admin-port is "${text}", which is no port: give a number from 1 to 65535`,
    );
  });

  it("refuses an option that does not exist, and says where the options are listed", async () => {
    await expect(readStartOptions(["--port", "1"], {})).rejects.toThrow(/'--port'.*npm start -- --help/);
  });

  it("gives help", async () => {
    expect(await readStartOptions(["--help"], {})).toBe("help");
  });
});
