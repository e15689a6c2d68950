import { E6Error } from "../error.ts";

/** The error for what Kysely can say and an e6data engine cannot do. */
export function unsupported(what: string, remedy: string): E6Error {
  return new E6Error("UNSUPPORTED", `e6data has no ${what}: ${remedy}`, { hint: remedy });
}
