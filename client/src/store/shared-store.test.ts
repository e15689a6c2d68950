import { FakeSharing } from "../../test/fake-sharing.ts";
import { describeSharing, describeStore } from "../../test/store-suite.ts";
import { platformRuntime } from "../runtime.ts";

const createGroup = () => {
  const sharing = new FakeSharing();
  return { open: () => sharing.open(platformRuntime).store };
};

describeStore("SharedStore", createGroup);
describeSharing("SharedStore, shared", createGroup);
