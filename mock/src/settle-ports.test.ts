import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { settlePorts } from "./settle-ports.ts";

describe("settlePorts()", () => {
  it("lets a port that nobody asked for give way, to others' servers and to each other", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const taken = typeof address === "object" && address ? address.port : 0;
    const settled = await settlePorts([
      { key: "bluePort", port: taken, option: "--blue-port", asked: false },
      { key: "greenPort", port: taken, option: "--green-port", asked: false },
      { key: "controlPort", port: 0, option: "--control-port", asked: true },
    ]);
    expect(settled.bluePort).toBeGreaterThan(taken);
    expect(settled.greenPort).toBeGreaterThan(settled.bluePort);
    expect(settled.controlPort).toBe(0);
    other.close();
  });
});
