import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

// Inside the repository a package is its sources: see "exports" in client/package.json.
const conditions = ["e6data-source"];
const resolve = { conditions: [...conditions, "module", "browser", "development|production"] };
// Not "module": Vitest hands the conditions on to Node, which cannot read what some packages have for bundlers.
const ssr = {
  resolve: { conditions: [...conditions, "node", "development|production"], externalConditions: conditions },
};

/** Tests named `*.web.test.ts` hold in every runtime: they run in Node and in Chromium. */
const webTests = "client/src/**/*.web.test.ts";
/** Tests named `*.browser.test.ts` are of what only a browser has: they run in Chromium. */
const browserTests = "client/src/**/*.browser.test.ts";
/** Tests named `*.road.test.ts` run the real Envoy or the whole of the parts. */
const roadTests = "{client,gateway,dashboard,edge,behaviour,storm,docs,scripts}/**/*.road.test.{ts,mjs}";
/** Tests that install and drive the public Python connector: slow, so apart. */
const peerTests = "mock/peer/**/*.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "node",
          // These files share no state: one worker reads many of them, and no core stays idle.
          isolate: false,
          maxWorkers: "100%",
          environment: "node",
          include: [
            "{client,mock,gateway,dashboard,edge,behaviour,bench,storm,docs}/src/**/*.test.ts",
            "client/{fuzz,simulator}/**/*.test.ts",
            "gateway/test/**/*.test.ts",
            "dashboard/server/**/*.test.ts",
            "proto/*.test.ts",
            "scripts/**/*.test.mjs",
          ],
          exclude: [roadTests, browserTests],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "road",
          environment: "node",
          include: [roadTests],
          exclude: ["**/node_modules/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "peer",
          environment: "node",
          include: [peerTests],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        resolve,
        test: {
          name: "chromium",
          include: [webTests, browserTests],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
                // Containers run as root, where Chromium's own sandbox cannot start.
                args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
