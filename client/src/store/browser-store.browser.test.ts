import { BrowserGroup } from "../../test/browser-group.ts";
import { describeSharing, describeStore } from "../../test/store-suite.ts";

describeStore("createBrowserStore()", () => new BrowserGroup());
describeSharing("createBrowserStore(), shared", () => new BrowserGroup());
