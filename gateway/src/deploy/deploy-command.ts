import { parseArgs } from "node:util";
import { parseStrategy, type Strategy } from "e6data-web/headers";
import { replicaList } from "../config/deployment.ts";
import type { Rule } from "../config/reader.ts";
import { duration, integer, rule } from "../config/rules.ts";
import { GatewayError } from "../gateway-error.ts";
import type { ReadinessGoal } from "./census.ts";
import type { DrainGoal } from "./drained.ts";
import { exitCodeHelp } from "./exit-code.ts";
import { reasonLine } from "./state-file.ts";

/** What `npm run deploy` was asked for. */
export interface DeployCommand {
  readonly verb: DeployVerb;
  /** The path of the configuration file. */
  readonly config: string;
  /** The gateways to ask; undefined: those that the configuration names. */
  readonly replicas: readonly string[] | undefined;
  readonly isJson: boolean;
  readonly isDryRun: boolean;
  readonly reason: string | undefined;
  /** Milliseconds for every gateway to use new routes; undefined: the controller's default. */
  readonly confirmWithin: number | undefined;
}

/** What is to be done, and what it is to wait for. */
export type DeployVerb =
  | { readonly name: "status" }
  | { readonly name: "publish" }
  | { readonly name: "rollback" }
  | { readonly name: "history"; readonly count: number }
  | { readonly name: "announce"; readonly stack: Strategy }
  | { readonly name: "promote"; readonly stack: Strategy; readonly readiness: ReadinessGoal | undefined }
  | { readonly name: "drain"; readonly stack: Strategy; readonly goal: DrainGoal }
  | { readonly name: "off"; readonly stack: Strategy; readonly isForced: boolean }
  | { readonly name: "restore"; readonly version: number }
  | { readonly name: "watch"; readonly isEndless: boolean };

interface Option {
  readonly meaning: string;
  readonly byDefault: string;
  /** The verbs that take it; nothing: every one. */
  readonly verbs?: readonly DeployVerb["name"][];
  readonly isFlag?: true;
}

const changing = ["announce", "promote", "drain", "off", "rollback", "restore"] as const;

const options = {
  config: { meaning: "the gateway's configuration file", byDefault: "the variable E6_GATEWAY_CONFIG" },
  replicas: { meaning: "the gateways' own interfaces, separated by commas", byDefault: "those of the configuration" },
  json: { meaning: "tells JSON: one object, or one for each event", byDefault: "a text for people", isFlag: true },
  "dry-run": {
    meaning: "tells what would change, and changes nothing",
    byDefault: "",
    isFlag: true,
    verbs: [...changing, "watch"],
  },
  reason: { meaning: "why, for the history", byDefault: "none", verbs: changing },
  "confirm-within": {
    meaning: "how long every gateway may take to use new routes",
    byDefault: "30s",
    verbs: [...changing, "publish", "watch"],
  },
  ready: {
    meaning: "the part of the calls whose callers have to be ready first, as 95%",
    byDefault: "",
    verbs: ["promote"],
  },
  window: { meaning: "counts the calls of so long ago", byDefault: "60s", verbs: ["promote"] },
  "min-calls": { meaning: "fewer calls than this say nothing", byDefault: "20", verbs: ["promote"] },
  quiet: { meaning: "drained is a stack that got no call for so long", byDefault: "60s", verbs: ["drain"] },
  within: { meaning: "gives up waiting after so long", byDefault: "15m", verbs: ["promote", "drain"] },
  force: { meaning: "although calls to the stack are in flight", byDefault: "", isFlag: true, verbs: ["off"] },
  count: { meaning: "how many states to list", byDefault: "20", verbs: ["history"] },
  follow: {
    meaning: "goes on with the next phase and the next deployment, until Ctrl-C",
    byDefault: "",
    isFlag: true,
    verbs: ["watch"],
  },
} as const satisfies Readonly<Record<string, Option>>;

type OptionName = keyof typeof options;

/** The text of `npm run deploy -- --help`. */
export const help = `npm run deploy -- <verb> [options]

  status            which stack is what, and what each gateway says
  announce <stack>  tells the callers where new work will go; the active stack's name calls that off
  promote <stack>   new work goes there; the other stack still takes what comes to it
  drain <stack>     the stack gets no new work; waits until nothing runs on it
  off <stack>       the stack gets no call at all
  rollback          calls off what is announced, or else makes the stack active again that was so before
  restore <version> makes active and announced what was so in a version of the history
  publish           writes the routes anew: after a change of the configuration, or a kill
  history           the states that held, the newest first
  watch             judges the new stack by what the gateways count, and rolls back if it fails
  render            writes what an Envoy starts from that somebody else runs: render --help tells more

${Object.entries(options).map(helpLine).join("\n")}
  --help            this text

${exitCodeHelp}
`;

function helpLine([name, { meaning, byDefault }]: readonly [string, Option]): string {
  return `  --${name.padEnd(16)}${meaning}${byDefault === "" ? "" : ` (${byDefault})`}`;
}

type Values = Readonly<Partial<Record<OptionName | "help", string | boolean>>>;

/** Reads the command line; `help` if that was asked for. Throws `INVALID_OPTION`. */
export function readDeployCommand(args: readonly string[], env: NodeJS.ProcessEnv): DeployCommand | "help" {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    return "help";
  }
  const [name = "", operand, ...rest] = positionals;
  const verb = readVerb(name, operand, values);
  if (rest.length > 0) {
    refuse(`${name} takes no more than one operand, not ${JSON.stringify(rest[0])}`);
  }
  refuseForeign(verb.name, values);
  const within = values["confirm-within"];
  return {
    verb,
    config:
      text(values.config) ?? (env["E6_GATEWAY_CONFIG"] || refuse("--config is missing: name the configuration file")),
    replicas: values.replicas === undefined ? undefined : read("replicas", values, replicas),
    isJson: values.json === true,
    isDryRun: values["dry-run"] === true,
    reason: values.reason === undefined ? undefined : read("reason", values, reason),
    confirmWithin: within === undefined ? undefined : read("confirm-within", values, time),
  };
}

function readVerb(name: string, operand: string | undefined, values: Values): DeployVerb {
  const stack = () => parseStrategy(operand) ?? refuse(`${name} needs a stack: blue or green`);
  switch (name) {
    case "status":
    case "publish":
    case "rollback":
      return operand === undefined ? { name } : refuse(`${name} takes no operand, not ${JSON.stringify(operand)}`);
    case "history":
      return operand === undefined
        ? { name, count: read("count", values, number) }
        : refuse("history takes no operand");
    case "watch":
      return operand === undefined ? { name, isEndless: values.follow === true } : refuse("watch takes no operand");
    case "announce":
      return { name, stack: stack() };
    case "promote":
      return { name, stack: stack(), readiness: readReadiness(values) };
    case "drain": {
      const goal = { quiet: read("quiet", values, time), deadline: read("within", values, time) };
      return { name, stack: stack(), goal };
    }
    case "off":
      return { name, stack: stack(), isForced: values.force === true };
    case "restore":
      return { name, version: readOperand("restore", operand, number) };
    default:
      return refuse(
        `${name === "" ? "a verb is missing" : `there is no verb ${JSON.stringify(name)}`}: --help lists them`,
      );
  }
}

function readReadiness(values: Values): ReadinessGoal | undefined {
  if (values.ready === undefined) {
    return undefined;
  }
  return {
    share: read("ready", values, share),
    window: read("window", values, time),
    minCalls: read("min-calls", values, number),
    deadline: read("within", values, time),
  };
}

const time = duration("0ms", "24h");
const number: Rule<number> = rule(integer(1, 999_999_999).expects, (value) =>
  typeof value === "string" && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : undefined,
);
const share: Rule<number> = rule("a part such as 95%", (value) => {
  const percent = typeof value === "string" ? /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(value)?.[1] : undefined;
  return percent === undefined || Number(percent) > 100 ? undefined : Number(percent) / 100;
});
const replicas: Rule<readonly string[]> = {
  expects: "addresses such as http://127.0.0.1:9901, separated by commas",
  parse: (value) => replicaList.parse(typeof value === "string" ? value.split(",") : value),
};
const reason: Rule<string> = rule("a text of one line, of 500 characters at most", (value) =>
  typeof value === "string" && value !== "" && reasonLine(value) === value ? value : undefined,
);

function read<T>(name: OptionName, values: Values, by: Rule<T>): T {
  return readOperand(`--${name}`, values[name] ?? options[name].byDefault, by);
}

function readOperand<T>(name: string, value: unknown, by: Rule<T>): T {
  const parsed = by.parse(value);
  return "value" in parsed ? parsed.value : refuse(`${name} is ${JSON.stringify(value)}: ${parsed.problem}`);
}

/** An option that does nothing is a mistake that would not be noticed. */
function refuseForeign(verb: DeployVerb["name"], values: Values): void {
  for (const [name, { verbs }] of Object.entries<Option>(options)) {
    if (name in values && verbs !== undefined && !verbs.includes(verb)) {
      refuse(`--${name} is for ${verbs.join(", ")}, not for ${verb}`);
    }
  }
}

function parse(args: readonly string[]): { readonly values: Values; readonly positionals: readonly string[] } {
  const known = Object.entries<Option>(options).map(
    ([name, { isFlag }]) => [name, { type: isFlag ? "boolean" : "string" }] as const,
  );
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...Object.fromEntries(known), help: { type: "boolean" } },
    });
  } catch (cause) {
    const [problem] = cause instanceof Error ? cause.message.split(/\.(?:\s|$)/, 1) : [String(cause)];
    return refuse(`${problem}; --help lists the options`);
  }
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function refuse(problem: string): never {
  throw new GatewayError("INVALID_OPTION", problem);
}
