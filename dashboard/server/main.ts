import { readServerOptions, usage } from "./options.ts";
import { type RunningDashboard, serveDashboard } from "./serve.ts";

try {
  const options = readServerOptions(process.argv.slice(2), process.env);
  if (options.help) console.log(usage);
  else announce(stopOnRequest(await serveDashboard(options)));
} catch (error) {
  console.error(`dashboard: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}

/** Says where the page is: to people on stdout, to a parent process by message. */
function announce(dashboard: RunningDashboard): void {
  console.log(`dashboard: ready on ${dashboard.url}`);
  process.send?.({ ready: { url: dashboard.url } });
}

/** Ends the server on Ctrl-C, on SIGTERM, and when the parent process is gone. */
function stopOnRequest(dashboard: RunningDashboard): RunningDashboard {
  const stop = () => {
    // Vite has a handler for SIGTERM of its own: who ends the process first, the code is this one.
    process.exitCode = 0;
    void dashboard.close().finally(() => process.exit());
  };
  for (const event of ["SIGINT", "SIGTERM", "disconnect"] as const) process.once(event, stop);
  return dashboard;
}
