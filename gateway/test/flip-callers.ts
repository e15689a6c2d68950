import { parseStrategy, type Strategy } from "e6data-web/headers";
import { goodBody } from "./good-answer.ts";
import type { Attempt } from "./load.ts";
import type { RawAnswer, RawConnection } from "./raw-call.ts";
import type { Sight } from "./timeline.ts";

/** A connection, and what it has seen of the changes. */
export interface Wire {
  readonly connection: RawConnection;
  readonly sight: Sight;
}

/** What the callers have seen. */
export interface Tally {
  calls: number;
  /** Calls that left the choice to the gateway when there was only one right one. */
  decided: number;
  /** Calls to the former stack after its change was said to be done. */
  late: number;
  /** New work that met the wrong stack and was told so. */
  mismatches: number;
}

/** What callers have seen who have seen nothing yet. */
export function emptyTally(): Tally {
  return { calls: 0, decided: 0, late: 0, mismatches: 0 };
}

/** Callers of every kind. Their calls are numbered in the header `x-call`. */
export interface FlipCallers {
  /** Leaves the choice of the stack to the gateway. The stack does what the script says. */
  routed(wire: Wire, script?: string): Attempt;
  /** Goes on with something on a stack, whichever is the active one. */
  pinned(wire: Wire, stack: Strategy, script?: string): Attempt;
  /** Begins new work (the script `new work`) where it believes the active stack to be, and goes elsewhere when it is told to. */
  beginning(wire: Wire): Attempt;
  /**
   * Begins new work again and again as one who has only just come, and asks blue first. Who is refused is told the active stack: the same
   * work is good there at once, through another gateway too.
   */
  arriving(wire: Wire, elsewhere: Wire): Attempt;
  /** Calls until the connection has seen the latest change. */
  followed(wire: Wire): Attempt;
}

/** The other stack. */
export function otherStack(stack: Strategy): Strategy {
  return stack === "blue" ? "green" : "blue";
}

/** Creates callers who count what they see. */
export function createFlipCallers(tally: Tally): FlipCallers {
  const call = ({ connection }: Wire, method: string, headers: Readonly<Record<string, string>>) => {
    tally.calls += 1;
    return connection.call({
      ":path": `/QueryEngineService/${method}`,
      "content-type": "application/grpc-web+proto",
      "x-call": String(tally.calls),
      ...headers,
    });
  };
  const routed =
    (wire: Wire, script = "ok") =>
    async () => {
      const [mark, isDecided] = [wire.sight.mark(), wire.sight.isLatest()];
      const answer = await call(wire, "status", { "x-script": script });
      const stack = answer.headers["x-upstream"];
      tally.decided += isDecided && wire.sight.isLatest() && wire.sight.mark() === mark ? 1 : 0;
      return wire.sight.note(mark, stack)
        ? problemOf(answer)
        : (problemOf(answer) ?? `${stack} has answered, which the connection knew to be the active one no more`);
    };
  return {
    routed,
    pinned:
      (wire, stack, script = "ok") =>
      async () => {
        const answer = await call(wire, "getNextResultBatch", { strategy: stack, "x-script": script });
        return problemOf(answer) ?? wrongStack(answer, stack);
      },
    beginning: (wire) => {
      let believed: Strategy = "blue";
      return async () => {
        const answer = await call(wire, "prepareStatement", { strategy: believed, "x-script": "new work" });
        if (!isMismatch(answer)) {
          return problemOf(answer) ?? wrongStack(answer, believed);
        }
        tally.mismatches += 1;
        // Not where the gateway leads to: where it changes before the engines do, that is the stack which has just refused.
        believed = otherStack(believed);
        return undefined;
      };
    },
    arriving: (wire, elsewhere) => async () => {
      const first = await call(wire, "prepareStatement", { strategy: "blue" });
      if (!isMismatch(first)) {
        return problemOf(first) ?? wrongStack(first, "blue");
      }
      tally.mismatches += 1;
      const active = parseStrategy(String(first.headers["x-e6-active-strategy"])) ?? "blue";
      const second = await call(elsewhere, "prepareStatement", { strategy: active });
      return problemOf(second) ?? wrongStack(second, active);
    },
    followed: (wire) => async () => {
      let problem = await routed(wire)();
      while (problem === undefined && !wire.sight.isLatest()) {
        tally.late += 1;
        problem = await routed(wire)();
      }
      return problem;
    },
  };
}

/** A refusal that tells a client all that it needs to go elsewhere. */
function isMismatch({ status, headers, body, resetCode }: RawAnswer): boolean {
  const { "x-e6-active-strategy": active, "x-e6-reason": reason, "x-e6-retry-safe": safe } = headers;
  const isTyped = reason === "STRATEGY_MISMATCH" && safe === "true" && (active === "blue" || active === "green");
  return status === 200 && headers["grpc-status"] === "9" && isTyped && body.length === 0 && resetCode === 0;
}

function problemOf({ status, headers, body, resetCode }: RawAnswer): string | undefined {
  const { "x-upstream": stack, "x-e6-new-strategy": news } = headers;
  if (status !== 200 || resetCode !== 0 || !body.equals(goodBody)) {
    return `HTTP ${status}, reset ${resetCode}, ${JSON.stringify(headers)}, ${body.toString("latin1")}`;
  }
  return news === stack ? `${stack} says that new work goes to itself` : undefined;
}

function wrongStack({ headers }: RawAnswer, stack: Strategy): string | undefined {
  return headers["x-upstream"] === stack ? undefined : `${headers["x-upstream"]} has answered in place of ${stack}`;
}
