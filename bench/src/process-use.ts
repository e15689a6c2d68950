import { readdir, readFile } from "node:fs/promises";

/** The processor time that a process has used, in microseconds: the sum over the threads that it has now. Linux only. */
export async function processorMicroseconds(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const each = threads.map(async (thread) => {
    // Nanoseconds on a processor, nanoseconds of waiting for one, how often: not in ticks of 10 ms, as in `stat`.
    const [running = ""] = (await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8")).split(" ");
    return Number(running) / 1000;
  });
  return (await Promise.all(each)).reduce((sum, time) => sum + time, 0);
}

/** The memory that a process holds, in bytes. Linux only. */
export async function residentBytes(pid: number): Promise<number> {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  if (kibibytes === undefined) throw new Error(`the system does not say how much memory process ${pid} holds`);
  return Number(kibibytes) * 1024;
}
