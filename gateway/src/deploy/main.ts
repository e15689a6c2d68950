/** `npm run deploy`: does one thing to a deployment, tells what has come of it, and ends with an exit code that says so. */
import { runDeploy } from "./run-deploy.ts";

process.exitCode = await runDeploy(process.argv.slice(2), process.env, {
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
});
