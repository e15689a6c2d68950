import { startNode } from "./platform/node.ts";
import { testSuiteIn } from "./suite-test.ts";

testSuiteIn("Node", startNode);
