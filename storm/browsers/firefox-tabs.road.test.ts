import { testTabsIn } from "./core-suite.ts";
import { startPuppeteer } from "./driver/puppeteer.ts";

testTabsIn("Firefox", () => startPuppeteer("firefox"));
