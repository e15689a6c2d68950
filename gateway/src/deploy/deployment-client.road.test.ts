import { startMock } from "@e6data-web/mock";
import { type Connection, connect, type Strategy } from "e6data-web";
import { expect, it } from "vitest";
import { type DeployedGateways, startDeployed } from "../../test/deployed-gateways.ts";
import { fakeClock } from "../../test/fake-replicas.ts";
import type { Clock } from "./clock.ts";
import { awaitDrained } from "./drained.ts";
import { promoteStack } from "./promotion.ts";

const rowCount = 1_000_000;

const connectTo = ({ gateways: [gateway] }: DeployedGateways): Connection =>
  connect({ url: gateway?.url ?? "", user: "ada@example.com", token: "any-token" });

/** A clock during whose pauses somebody works. */
function busyClock(work: () => Promise<unknown>): Clock {
  const clock = fakeClock();
  return {
    now: clock.now,
    async sleep(milliseconds) {
      await work();
      await clock.sleep(milliseconds);
    },
  };
}

it("is noticed by no caller of the client: announced, promoted once they are ready, drained under a stream, rolled back", async () => {
  await using mock = await startMock({ scale: 0.001 });
  await using deployed = await startDeployed({ blue: mock.blue.port, green: mock.green.port }, 1);
  await using app = connectTo(deployed);
  const stacks: Strategy[] = [];
  const query = async () => {
    const { strategy } = await app.query("select 1");
    stacks.push(strategy);
    return strategy;
  };
  expect(await query()).toBe("blue");
  const stream = await app.stream(`select * from range(${rowCount})`, undefined, { prefetchBytes: 0 });
  // The load balancer of the engine first: green takes work from now on.
  mock.control.announce("green");
  const controller = deployed.controller({ clock: busyClock(query) });
  await controller.change({ verb: "announce", stack: "green" });
  const readiness = { share: 0.95, window: 5000, minCalls: 10, deadline: 600_000 };
  await promoteStack(controller, "green", { readiness });
  expect(await query()).toBe("green");

  await controller.change({ verb: "drain", stack: "blue" });
  const drain = { quiet: 5000, deadline: 8000 };
  const fetches = stream[Symbol.asyncIterator]();
  let rows = 0;
  const read = async (count: number) => {
    for (let index = 0; index < count && !(await fetches.next()).done; index += 1) rows += 1;
  };
  const under = await awaitDrained(
    "blue",
    drain,
    controller.replicas,
    busyClock(() => read(rowCount / 20)),
  );
  // Its fetches are short and far between, and yet more often than the quiet time.
  expect(under.isDrained).toBe(false);
  // Who comes now, and asks blue first as ever, is led to green.
  await using late = connectTo(deployed);
  expect((await late.query("select 1")).strategy).toBe("green");
  await read(rowCount);
  expect([stream.strategy, rows]).toEqual(["blue", rowCount]);
  await fetches.return?.();
  expect((await awaitDrained("blue", drain, controller.replicas, busyClock(query))).isDrained).toBe(true);

  // An engine that goes on naming green in its messages would contradict the gateway.
  mock.control.announce(null);
  await controller.rollback("the end of the test");
  while ((await query()) !== "blue");
  // Never to and fro: blue, green, and with the rollback blue again.
  expect(stacks.join(" ")).toMatch(/^(blue ?)+(green ?)+(blue ?)+$/);
});
