import { testTabsIn } from "./core-suite.ts";
import { startWebKit } from "./driver/webkit.ts";

testTabsIn("WebKit", startWebKit);
