import { startDeno } from "./platform/deno.ts";
import { testSuiteIn } from "./suite-test.ts";

testSuiteIn("Deno", startDeno);
