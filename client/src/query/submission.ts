import { isE6Error } from "../error.ts";
import * as engine from "../gen/e6x_engine_tables.ts";
import type { SessionRoute } from "../session/engine-access.ts";
import type { Work } from "../session/work.ts";
import type { BoundValue } from "../sql/bind-statement.ts";
import { abortError } from "../transport/cancellation.ts";
import type { EngineCaller } from "../transport/engine-caller.ts";
import { asQueryFailure, isSqlError } from "./interruption.ts";
import { onPin, type Pin, placeOf } from "./pin.ts";
import { prepare } from "./prepare.ts";
import type { QueryContext } from "./query-context.ts";
import type { QueryPlan, QueryTerms } from "./query-plan.ts";

/**
 * A statement, and the query that it has become at an engine: another one, where one is lost and its reader could do with it. The
 * query counts as running from prepare until it is given back or let go of.
 */
export class Submission {
  /** What is done for the query, in all its phases. */
  readonly work: Work;
  /** Whether all rows may come once more. Default: yes, for nobody has any. */
  mayRestart: () => boolean = () => true;
  /** Is told that what has come so far belongs to a query that is gone. */
  onRestart: () => void = () => undefined;
  readonly #context: QueryContext;
  readonly #terms: QueryTerms;
  readonly #plan: QueryPlan | undefined;
  /** The query as it is now; nothing before it is prepared, and after it was given back. */
  #open: Pin | undefined;
  #last: Pin | undefined;
  #values: readonly BoundValue[] = [];
  #isAccepted: boolean;
  readonly #late: (() => Promise<void>)[] = [];
  #released: Promise<void> | undefined;
  #isLetGo = false;
  #isQuiet = false;

  /** Without a plan it is a query that others have submitted: `pin`. */
  constructor(context: QueryContext, terms: QueryTerms, plan: QueryPlan | undefined, pin?: Pin) {
    this.#context = context;
    this.#terms = terms;
    this.#plan = plan;
    this.#isAccepted = pin !== undefined;
    if (pin !== undefined) this.#hold(pin);
    this.work = context.access.begin({
      signal: terms.scope.signal,
      onWait: terms.report,
      mayRestart: (isHarmless) => plan !== undefined && (isHarmless || terms.readOnly) && this.mayRestart(),
      restart: ({ code }) => {
        const place = this.#open && placeOf(this.#open);
        const drop = this.#takeOff(true);
        // Where the session is gone, nobody can give anything back before there is another one.
        if (code === "SESSION_EXPIRED") this.#late.push(drop);
        else void drop();
        this.onRestart();
        terms.report?.({ type: "restarting", code }, place);
      },
    });
  }

  /** The query as it is now, or was last. Nothing while none was prepared. */
  get pin(): Pin | undefined {
    return this.#last;
  }

  /** Settles when the engine has answered that the query is given back; nothing before it is to be. */
  get released(): Promise<void> | undefined {
    return this.#released;
  }

  /** Brings the statement to an engine, unless it is there. A step of {@link work}: what was done before is not done again. */
  async advance(): Promise<void> {
    const plan = this.#plan;
    if (plan === undefined || this.#isAccepted) return;
    if (this.#open === undefined) {
      // On the route: from prepare to clear every call of the query follows it.
      const route = { ...(await this.#context.access.route(this.work)), traceparent: plan.traceparent };
      this.work.enter("prepare", route);
      await (plan.frame === undefined ? this.#prepare(plan, route) : this.#submitFrame(plan, plan.frame, route));
    }
    if (!this.#isAccepted) await this.#execute();
  }

  /**
   * Ends the query by a failure; answers what that means for its holder. `rowsDelivered`: rows that callers have by then; nothing
   * while the query is handed to the engine.
   */
  fail(error: unknown, rowsDelivered?: number): unknown {
    const { pin } = this;
    if (!this.#isLetGo) void this.giveBack(!isSqlError(error));
    if (pin === undefined || (rowsDelivered === undefined && this.work.call !== "execute")) return error;
    const { readOnly, scope } = this.#terms;
    const failure = asQueryFailure(error, { pin, readOnly, rowsDelivered, isLeft: scope.signal.aborted });
    if (isE6Error(failure) && failure.code === "RESULT_INTERRUPTED") {
      this.#context.tell({ type: "interrupted", ...placeOf(pin), rowsDelivered: rowsDelivered ?? 0 });
    }
    return failure;
  }

  /** Gives the query back to the engine; with `cancel` it is stopped first. No other follows. Resolves when the engine has answered. */
  giveBack(cancel: boolean): Promise<void> {
    this.#giveBackLate();
    this.#released ??= this.#takeOff(cancel)();
    return this.#released;
  }

  /** Lets go of the query, which stays at the engine. */
  letGo(): void {
    this.#isLetGo = true;
    if (this.#open !== undefined) this.#context.pins.release(this.#open);
  }

  async #prepare(plan: QueryPlan, route: SessionRoute): Promise<void> {
    const { text, values } = plan.bind(this.#context.features(route).bindsValues ? "engine" : "client");
    const report = this.#isQuiet ? undefined : plan.report;
    this.#hold(await prepare(this.#context, { ...plan, report }, route, text));
    this.#values = values;
  }

  async #submitFrame(plan: QueryPlan, submit: NonNullable<QueryPlan["frame"]>, route: SessionRoute): Promise<void> {
    const { context, work } = { context: this.#context, work: this.work };
    // From its second call on a frame is a query, of which each step is a part.
    const call: EngineCaller = (method, request, options) => {
      if (options.queryId !== undefined) work.enter("execute", route);
      return context.call(method, request, options);
    };
    plan.report?.({ type: "planning" }, { strategy: route.strategy });
    this.#hold(await submit({ ...context, call, settings: plan }, route, plan.scope.signal));
    this.#accept(route);
  }

  async #execute(): Promise<void> {
    const pin = this.#open;
    if (pin === undefined) throw abortError(this.#terms.scope.signal);
    const { call, features } = this.#context;
    const options = onPin(pin, this.#terms.scope);
    this.work.enter("execute", pin.route);
    try {
      // The request of the first kind has no field for values.
      const method = this.#values.length === 0 ? engine.executeStatement : engine.executeStatementV2;
      const request = { ...pin.request, params: this.#values };
      await call(method, request, options);
    } catch (error) {
      if (this.#values.length === 0 || !isE6Error(error) || error.code !== "UNSUPPORTED") throw error;
      // An engine that binds nothing has run nothing: the values are written into the text instead.
      features(pin.route).bindsValues = false;
      void this.#takeOff(true)();
      // To those who listen it is the same step.
      this.#isQuiet = true;
      return await this.advance();
    }
    this.#accept(pin.route);
  }

  #accept(route: SessionRoute): void {
    this.#isAccepted = true;
    this.#giveBackLate();
    this.#context.access.worked(route);
    this.#terms.report?.({ type: "running" }, this.#open && placeOf(this.#open));
  }

  #hold(pin: Pin): void {
    this.#open = this.#last = pin;
    if (!this.#isLetGo) this.#context.pins.hold(pin);
    // Its caller may have left just then.
    if (this.#released !== undefined) void this.#takeOff(true)();
  }

  /** Parts from the query as it is now. Answers how to give it back. */
  #takeOff(cancel: boolean): () => Promise<void> {
    const { releases, pins } = this.#context;
    const pin = this.#open;
    this.#open = undefined;
    this.#isAccepted = false;
    return async () => {
      if (pin === undefined) return;
      await releases.start(pin, cancel);
      pins.release(pin);
    };
  }

  #giveBackLate(): void {
    for (const drop of this.#late.splice(0)) void drop();
  }
}
