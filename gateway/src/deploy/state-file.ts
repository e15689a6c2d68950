import { readFile } from "node:fs/promises";
import { strategies } from "e6data-web/headers";
import { type Reader, type Rule, readObject } from "../config/reader.ts";
import { integer, oneOf, rule, text } from "../config/rules.ts";
import { GatewayError } from "../gateway-error.ts";
import { aimProblem, changeVerbs, type DeploymentState, stackStates } from "./deployment-state.ts";
import { hasCode } from "./lock.ts";

/** What stands first in each state file: a later form of it has another number. */
const format = 1;

const stack = oneOf(strategies);
const stackState = oneOf(stackStates);
const longestReason = 500;
const reason: Rule<string> = rule("a text of one line", (value) =>
  typeof value === "string" && value !== "" && reasonLine(value) === value ? value : undefined,
);
const time = text("a time such as 2026-01-31T12:00:00.000Z", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** A state as its file holds it: JSON that people can read and that is the same for the same state. */
export function stateText({ version, stacks, announced, former, change }: DeploymentState): string {
  const { verb, at, reason: why } = change;
  const { blue, green } = stacks;
  const ordered = { format, version, stacks: { blue, green }, announced, former, change: { verb, at, reason: why } };
  return `${JSON.stringify(ordered, undefined, 2)}\n`;
}

/** A reason as a state can hold it: one line, not too long; nothing where nothing is left of it. */
export function reasonLine(words: string | undefined): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  const line = words?.replaceAll(/[\u0000-\u001f\u007f]+/g, " ").trim();
  // What is cut off may leave a blank at the end.
  return line?.slice(0, longestReason).trimEnd() || undefined;
}

const newestRemedy = "put the newest good file of history/ in the state's place, and remove those after it";

/** What to do about a record that no newer state rests on. */
export const recordRemedy = "the deployment goes on without it: take it out of history/";

/**
 * Reads a state file; nothing where there is none. Rejects with `DEPLOYMENT_BROKEN` for anything else than a whole state, and says what to do
 * about it: that of the state itself and of what is newer.
 */
export async function readStateFile(path: string, remedy: string = newestRemedy): Promise<DeploymentState | undefined> {
  let content: string;
  try {
    content = await readFile(path, "utf8");
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) {
      return undefined;
    }
    throw broken(path, "cannot be read", remedy, cause);
  }
  return parseState(content, path, remedy);
}

function parseState(content: string, path: string, remedy: string): DeploymentState {
  try {
    const state = readObject(JSON.parse(content), { path: "", folder: "" }, readState);
    const problem = aimProblem(state);
    if (problem === undefined) {
      return state;
    }
    throw new Error(problem);
  } catch (cause) {
    throw broken(path, cause instanceof Error ? cause.message : String(cause), remedy, cause);
  }
}

function readState(reader: Reader): DeploymentState {
  reader.required("format", integer(format, format));
  return {
    version: reader.required("version", integer(1, Number.MAX_SAFE_INTEGER)),
    stacks: reader.section("stacks", (stacks) => ({
      blue: stacks.required("blue", stackState),
      green: stacks.required("green", stackState),
    })),
    announced: reader.optional("announced", stack),
    former: reader.optional("former", stack),
    change: reader.section("change", (change) => ({
      verb: change.required("verb", oneOf(changeVerbs)),
      at: change.required("at", time),
      reason: change.optional("reason", reason),
    })),
  };
}

function broken(path: string, problem: string, remedy: string, cause: unknown): GatewayError {
  return new GatewayError("DEPLOYMENT_BROKEN", `${path}: ${problem}; ${remedy}`, { cause });
}
