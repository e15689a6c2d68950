import type { JobEnd, PageApi } from "./page-api.ts";

/** Lets a driver that cannot wait for a promise begin a call and ask for its end later. */
export function createJobs(api: () => PageApi): Pick<PageApi, "beginJob" | "jobEnd"> {
  const ends: (JobEnd | null)[] = [];
  return {
    beginJob(name, args) {
      const job = ends.push(null) - 1;
      const run = async (): Promise<JobEnd> => {
        // The driver's types say which arguments belong to which name.
        const call = api()[name] as (...args: readonly unknown[]) => unknown;
        return { value: (await call(...args)) ?? null };
      };
      void run()
        .catch((error: unknown) => ({ error: String(error) }))
        .then((end) => {
          ends[job] = end;
        });
      return job;
    },
    jobEnd: (job) => ends[job] ?? null,
  };
}
