import type { Gateway } from "@e6data-web/gateway";
import type { Mock } from "@e6data-web/mock";
import type { FlipOrder } from "./facts.ts";
import type { Stack } from "./page/told.ts";

/** Does to the stacks and to the gateway what an operator does. */
export interface Deployer {
  readonly active: Stack;
  announce(stack: Stack): Promise<void>;
  /** Calls off what is announced. */
  callOff(): Promise<void>;
  /** Makes a stack the active one; resolves when both sides know it. */
  promote(stack: Stack, order: FlipOrder, options?: { readonly hard?: boolean }): Promise<void>;
}

/** Creates a {@link Deployer}. */
export function createDeployer({ control }: Mock, gateway: Gateway): Deployer {
  return {
    get active() {
      return control.state().active;
    },
    async announce(stack) {
      control.announce(stack);
      await gateway.apply({ active: control.state().active, announced: stack });
    },
    async callOff() {
      control.announce(null);
      await gateway.apply({ active: control.state().active });
    },
    async promote(stack, order, options) {
      if (order === "gateway-first") await gateway.apply({ active: stack });
      control.switch(stack, options);
      if (order === "engines-first") await gateway.apply({ active: stack });
    },
  };
}

/** The other stack. */
export function otherStack(stack: Stack): Stack {
  return stack === "blue" ? "green" : "blue";
}
