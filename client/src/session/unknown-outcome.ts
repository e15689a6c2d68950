import { E6Error, type E6ErrorDetails } from "../error.ts";

/** The error for something that may have been done, or not, for its answer was lost. It is not done again by itself. */
export function unknownOutcome(what: string, details: E6ErrorDetails): E6Error {
  return new E6Error("SUBMISSION_UNKNOWN", `the answer to ${what} was lost: it may have been done, or not`, {
    ...details,
    hint: "find out whether it was done before it is done again",
  });
}
