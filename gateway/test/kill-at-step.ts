/**
 * `node kill-at-step.ts <folder> <step>`: announces green in the deployment of a folder, and kills itself without a word once that step is
 * done. With a number in the step's place it makes so many changes instead, and lives.
 */
import { deploymentFiles } from "../src/deploy/deployment-files.ts";
import { Journal } from "../src/deploy/journal.ts";
import { announced, testJournalParts, toggled } from "./test-journal.ts";

const [folder = "", step = ""] = process.argv.slice(2);
const journal = new Journal(deploymentFiles(folder), {
  ...testJournalParts,
  onStep: (done) => {
    if (done === step) {
      process.kill(process.pid, "SIGKILL");
    }
  },
});
const count = Number(step);
for (let change = 0; change < count; change += 1) {
  await journal.change(toggled);
}
if (Number.isNaN(count)) {
  await journal.change(announced);
}
