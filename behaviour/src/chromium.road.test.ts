import { startChromium } from "./platform/chromium.ts";
import { testSuiteIn } from "./suite-test.ts";

testSuiteIn("Chromium", startChromium);
