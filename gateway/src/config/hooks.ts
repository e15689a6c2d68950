import type { Reader, Rule } from "./reader.ts";
import { command, duration, file, integer, listOf, oneOf, rule, text } from "./rules.ts";

/** What a hook can be told of, by the name of the event. */
export const hookEvents = [
  "announced",
  "promoted",
  "draining",
  "ended",
  "window",
  "passed",
  "inconclusive",
  "failed",
  "would-roll-back",
  "rolled-back",
  "rollback-failed",
] as const;

/** One of {@link hookEvents}. */
export type HookEvent = (typeof hookEvents)[number];

/** How a hook is reached. */
export type HookTarget =
  | {
      readonly kind: "command";
      /** The program and its arguments: no shell reads them. */
      readonly command: readonly string[];
      /** Where it runs. */
      readonly folder: string;
    }
  | {
      readonly kind: "webhook";
      readonly url: string;
      /** Holds the key that requests are signed with; read anew for each event, so that a new key needs no restart. */
      readonly secretFile: string;
    };

/** Somebody who is told of events. */
export interface HookSettings {
  /** What errors call it. */
  readonly name: string;
  readonly on: readonly HookEvent[];
  readonly target: HookTarget;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  /** How often an event is tried, the first time included. */
  readonly attempts: number;
}

const maxHooks = 20;

/** A window is judged all the time: who wants to hear of each says so. */
const telling: readonly HookEvent[] = hookEvents.filter((event) => event !== "window");

/** Its path may be a token, as with chat services: it is not repeated. */
const webhookUrl: Rule<string> = {
  ...rule("an https URL without a user, or an http URL of this machine", (value) => {
    const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
    const isOfThisMachine = url?.protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
    const isFit = (url?.protocol === "https:" || isOfThisMachine) && url?.username === "" && url.password === "";
    return isFit && url !== undefined && url.href.length <= 2048 ? url.href : undefined;
  }),
  isSecret: true,
};

/** A key that was pasted in its place would be told as the name of a file that cannot be read. */
function keyFile(folder: string): Rule<string> {
  const path = file(folder);
  return {
    expects: path.expects,
    parse: (value) =>
      typeof value === "string" && /^whsec_[A-Za-z0-9+/=]{32,}$/.test(value)
        ? { problem: `must be ${path.expects} that holds the key, not the key` }
        : path.parse(value),
    isSecret: true,
  };
}

/** Reads `watch.hooks`. */
export function readHooks(reader: Reader): readonly HookSettings[] {
  return reader.sections("hooks", { min: 0, max: maxHooks }, readHook);
}

function readHook(reader: Reader): HookSettings {
  return {
    name: reader.required("name", text("a name of 1 to 64 letters, digits, dots, dashes", /^[A-Za-z0-9._-]{1,64}$/)),
    on: reader.get("on", listOf(oneOf(hookEvents), { min: 1, max: hookEvents.length }), telling),
    target: readTarget(reader),
    timeout: reader.get("timeout", duration("10ms", "5m"), "10s"),
    attempts: reader.get("attempts", integer(1, 10), 3),
  };
}

function readTarget(reader: Reader): HookTarget {
  const program = reader.optional("command", command);
  const url = reader.optional("url", webhookUrl);
  const secretFile = reader.optional("secretFile", keyFile(reader.folder));
  if ((program === undefined) === (url === undefined)) {
    reader.refuse("command", "must be there, or url in its place, and not both");
  }
  if (program !== undefined) {
    return secretFile === undefined
      ? { kind: "command", command: program, folder: reader.folder }
      : reader.refuse("secretFile", "is for a url: a command is not signed");
  }
  return url === undefined || secretFile === undefined
    ? reader.refuse("secretFile", "must be the path of a file with the key that requests to url are signed with")
    : { kind: "webhook", url, secretFile };
}
