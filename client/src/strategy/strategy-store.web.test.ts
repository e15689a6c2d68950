import { describeStore } from "../../test/store-suite.ts";
import { unknownStrategy } from "./strategy-state.ts";
import { createMemoryStore } from "./strategy-store.ts";

describeStore("createMemoryStore()", () => ({ open: () => createMemoryStore(unknownStrategy("lineage", "epoch")) }));
