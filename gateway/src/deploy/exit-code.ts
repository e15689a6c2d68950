import { GatewayError, type GatewayErrorCode } from "../gateway-error.ts";

/** What each exit code of `npm run deploy` says, and the errors that it stands for. */
export const exitCodes: readonly {
  readonly code: number;
  readonly meaning: string;
  readonly errors: readonly GatewayErrorCode[];
}[] = [
  { code: 0, meaning: "done, or so already", errors: [] },
  {
    code: 1,
    meaning: "an unexpected failure, such as a state file that cannot be read",
    errors: ["DEPLOYMENT_BROKEN"],
  },
  { code: 2, meaning: "wrong options or configuration", errors: ["INVALID_OPTION"] },
  { code: 3, meaning: "not from this state: nothing was changed", errors: ["DEPLOYMENT_REFUSED"] },
  {
    code: 4,
    meaning: "a gateway has turned the routes down: what held before holds again",
    errors: ["ROUTES_REJECTED"],
  },
  { code: 5, meaning: "not confirmed by every gateway in time: repeat it", errors: ["TIMEOUT", "HAND_ON_FAILED"] },
  {
    code: 6,
    meaning: "callers not ready, or calls left, when the time was over",
    errors: ["NOT_READY", "NOT_DRAINED"],
  },
  { code: 7, meaning: "a check failed or could not tell", errors: ["CHECK_FAILED"] },
  { code: 8, meaning: "somebody else is changing the deployment", errors: ["DEPLOYMENT_LOCKED"] },
  { code: 9, meaning: "watch: the new stack has failed, and was taken back", errors: ["STACK_FAILED"] },
];

/** The exit codes as `--help` lists them. */
export const exitCodeHelp: string = [
  "Exit codes:",
  ...exitCodes.map(({ code, meaning }) => `  ${code}  ${meaning}`),
].join("\n");

/** The exit code for a failure. */
export function exitCodeOf(error: unknown): number {
  const known = error instanceof GatewayError ? exitCodes.find(({ errors }) => errors.includes(error.code)) : undefined;
  return known?.code ?? 1;
}
