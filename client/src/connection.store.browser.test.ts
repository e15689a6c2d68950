import { describe, expect, it } from "vitest";
import { FakeGateway } from "../test/fake-gateway.ts";
import { threeFives } from "../test/open-connection.ts";
import { eventually } from "../test/store-suite.ts";
import { type Connection, connect } from "./connection.ts";
import { platformRuntime } from "./runtime.ts";

/** A gateway that no other test uses, and connections to it as a page makes them. */
function createGateway() {
  const gateway = new FakeGateway();
  gateway.result = threeFives.result;
  gateway.active = "green";
  const url = `https://${platformRuntime.newId()}.example.com`;
  const open = (cluster?: string): Connection =>
    connect({ url, user: "ann", token: "s3cr3t-value", fetch: gateway.fetch, cluster });
  return { gateway, open };
}

describe("connect() in a browser", () => {
  it("shares what it finds out with all connections to the same gateway and cluster, and lets go of all when closed", async () => {
    const { gateway, open } = createGateway();
    const [first, second] = [open(), open()];
    await first.query("select 1");
    await eventually(() => expect(second.strategy.active).toBe("green"));
    expect((await second.query("select 1")).strategy).toBe("green");
    const third = open();
    expect((await third.query("select 1")).strategy).toBe("green");
    expect(gateway.refused).toEqual(["blue authenticate"]);
    await Promise.all([first.close(), second.close(), third.close()]);
    const deletion = indexedDB.deleteDatabase("e6data-web");
    await new Promise((resolve, reject) => {
      deletion.onsuccess = resolve;
      deletion.onblocked = reject;
    });
  });

  it("follows the others no longer once it is closed", async () => {
    const { gateway, open } = createGateway();
    const [first, second, third] = [open(), open(), open()];
    await first.query("select 1");
    await eventually(() => expect(second.strategy.active).toBe("green"));
    await second.close();
    gateway.active = "blue";
    await first.query("select 1");
    await eventually(() => expect(third.strategy.active).toBe("blue"));
    expect(second.strategy.active).toBe("green");
    await Promise.all([first.close(), third.close()]);
  });

  it("keeps clusters apart", async () => {
    const { gateway, open } = createGateway();
    const [sales, ads] = [open("sales"), open("ads")];
    await sales.query("select 1");
    await ads.query("select 1");
    expect(gateway.refused).toEqual(["blue authenticate", "blue authenticate"]);
    await Promise.all([sales.close(), ads.close()]);
  });

  it("keeps gateways apart", async () => {
    const [here, there] = [createGateway(), createGateway()];
    const [one, other] = [here.open("sales"), there.open("sales")];
    await one.query("select 1");
    await other.query("select 1");
    expect(there.gateway.refused).toEqual(["blue authenticate"]);
    await Promise.all([one.close(), other.close()]);
  });
});
