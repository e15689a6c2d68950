import { startWorkerd } from "./platform/workerd.ts";
import { testSuiteIn } from "./suite-test.ts";

testSuiteIn("workerd", startWorkerd);
