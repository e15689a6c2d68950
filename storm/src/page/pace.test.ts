import { describe, expect, it } from "vitest";
import { createPace } from "./pace.ts";

describe("createPace()", () => {
  it("lets as many steps be made as it was told, before or after they are asked for", async () => {
    const pace = createPace();
    let steps = 0;
    const walk = async () => {
      for (;;) {
        await pace.turn();
        steps++;
      }
    };
    pace.allow(2);
    void walk();
    await settle();
    expect(steps).toBe(2);
    pace.allow(3);
    await settle();
    expect(steps).toBe(5);
  });
});

/** Lets everything happen that waits for nothing else. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
