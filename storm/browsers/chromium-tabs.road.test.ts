import { testTabsIn } from "./core-suite.ts";
import { startChromium } from "./driver/chromium.ts";

testTabsIn("Chromium", startChromium);
