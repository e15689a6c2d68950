import type { BehaviourGroup } from "./behaviour.ts";
import { connecting } from "./connecting.ts";

/** Everything that holds in every runtime. */
export const suite: readonly BehaviourGroup[] = [connecting];
