import type { DeploymentSettings } from "../config/deployment.ts";
import { GatewayError } from "../gateway-error.ts";
import type { RouteContent } from "../route-update.ts";
import { type Clock, machineClock } from "./clock.ts";
import { awaitRoutes, type Confirmation, type RouteSurvey, surveyRoutes } from "./confirmation.ts";
import { type Decision, decide, type Wish } from "./decide.ts";
import type { Deployment } from "./deployment.ts";
import { deploymentFiles } from "./deployment-files.ts";
import {
  type Aim,
  type DeploymentChange,
  type DeploymentState,
  permissive,
  type Situation,
} from "./deployment-state.ts";
import { handOn } from "./hand-on.ts";
import { Journal, type OnStep, type Step } from "./journal.ts";
import { type Replica, replicaAt } from "./replica.ts";
import { reasonLine } from "./state-file.ts";

/** What a controller works with. */
export interface ControllerOptions {
  readonly settings: DeploymentSettings;
  /** The route file for a situation: the same for the same configuration. */
  readonly render: (situation: Situation) => RouteContent;
  /** Milliseconds for all gateways to use new routes; default 30 s. */
  readonly confirmWithin?: number | undefined;
  readonly clock?: Clock | undefined;
  /** The time, for people; default the machine's. */
  readonly now?: (() => Date) | undefined;
  readonly onStep?: OnStep | undefined;
}

/** How a change is asked for. */
export interface ChangeTerms {
  readonly reason?: string | undefined;
  /** The version that the change is meant for: if another one holds, it is refused. Default: whichever holds. */
  readonly ifVersion?: number | undefined;
}

/** What a wish would do. */
export interface Plan {
  readonly state: DeploymentState;
  readonly decision: Decision;
  /** The route files of the state and of what would come of it. */
  readonly routes: { readonly from: RouteContent; readonly to: RouteContent };
}

/** Thirty seconds: a gateway takes new routes in a tenth of one; a volume of Kubernetes may take longer to bring them. */
const confirmWithin = 30_000;

/** Changes a deployment, and waits for its gateways. */
export class DeploymentController implements Deployment {
  readonly replicas: readonly Replica[];
  readonly clock: Clock;
  readonly #journal: Journal;
  readonly #options: ControllerOptions;

  constructor(options: ControllerOptions) {
    const { settings, render, onStep } = options;
    this.#options = options;
    this.clock = options.clock ?? machineClock;
    this.replicas = settings.replicas.map(replicaAt);
    this.#journal = new Journal(deploymentFiles(settings.folder), {
      first: () => this.#first(),
      render: (state) => render(state).text,
      handOn: (path) => handOn(settings.publish, path),
      onStep,
    });
  }

  async read(): Promise<DeploymentState> {
    return (await this.#journal.read()) ?? this.#first();
  }

  /** The states that held, the newest first. */
  history(count: number): Promise<readonly DeploymentState[]> {
    return this.#journal.history(count);
  }

  /** What each gateway says of its routes, and the version that all should use. */
  async survey(): Promise<{ readonly version: string; readonly survey: RouteSurvey }> {
    const state = await this.read();
    return { version: this.#options.render(state).version, survey: await surveyRoutes(this.replicas) };
  }

  /** What a wish would do at this moment. Changes nothing. */
  async plan(wish: Wish): Promise<Plan> {
    const state = await this.read();
    const decision = decide(state, wish);
    const { render } = this.#options;
    return {
      state,
      decision,
      routes: { from: render(state), to: render(decision.kind === "change" ? decision.aim : state) },
    };
  }

  /** The recorded state of a version. Rejects with `DEPLOYMENT_REFUSED` where there is none. */
  async record(version: number): Promise<DeploymentState> {
    const state = await this.#journal.record(version);
    return state ?? refuse(`the history holds no version ${version}: history lists those that it holds`);
  }

  /**
   * Has the routes in their place that the state and the configuration ask for, in every gateway; begins the deployment where there is
   * none. Rejects as {@link change} does.
   */
  async publish(): Promise<Step> {
    const before = await surveyRoutes(this.replicas);
    const step = await this.begin();
    await this.#confirm(step, before);
    return step;
  }

  /** The same without asking any gateway. */
  begin(): Promise<Step> {
    return this.#journal.change(() => undefined);
  }

  /**
   * Makes a wish come true, and waits until every gateway uses the routes of it. Rejects with `DEPLOYMENT_REFUSED`, `ROUTES_REJECTED`
   * (what held before holds again), `TIMEOUT` (the change is made, but not every gateway has said so: repeat it to wait on), or as the
   * journal does.
   */
  async change(wish: Wish, terms: ChangeTerms = {}): Promise<Step> {
    const phase = await this.#awaitPhase(wish);
    const meant = terms.ifVersion ?? phase;
    // A rollback waits for no gateway that is slow to answer, and is not taken back itself: nobody is known to have refused it then.
    const before = wish.verb === "rollback" ? [] : await surveyRoutes(this.replicas);
    const step = await this.#journal.change((state) => {
      if (meant !== undefined && state.version !== meant) {
        return refuse(`version ${meant} was meant, but somebody has made version ${state.version} of it meanwhile`);
      }
      const decision = decide(state, wish);
      if (decision.kind === "refused") {
        return refuse(decision.why);
      }
      return decision.kind === "change"
        ? this.#next(state, decision.aim, { verb: wish.verb, reason: terms.reason })
        : undefined;
    });
    await this.#confirm(step, before);
    return step;
  }

  async rollback(reason: string, ifVersion?: number): Promise<DeploymentState> {
    return (await this.change({ verb: "rollback" }, { reason, ifVersion })).state;
  }

  /**
   * Refusing a stack its work may only begin once no gateway brings it any by default: which version all gateways use then. Nothing
   * for wishes that refuse no stack anything, or anything new.
   */
  async #awaitPhase(wish: Wish): Promise<number | undefined> {
    const state = await this.read();
    if (!/^(drain|off)$/.test(wish.verb) || decide(state, wish).kind !== "change") {
      return undefined;
    }
    const confirmation = await this.#awaitRoutes([]);
    if (confirmation.kind === "late") {
      const missing = confirmation.missing.join("; ");
      throw new GatewayError(
        "TIMEOUT",
        `no ${wish.verb} before every gateway uses version ${state.version}: ${missing}. Nothing was changed`,
      );
    }
    return state.version;
  }

  async #confirm({ before: former, state }: Step, before: RouteSurvey): Promise<void> {
    const confirmation = await this.#awaitRoutes(before);
    if (confirmation.kind === "late") {
      const missing = confirmation.missing.join("; ");
      throw new GatewayError(
        "TIMEOUT",
        `version ${state.version} holds, but not every gateway uses it: ${missing}. Repeat the verb to wait on`,
      );
    }
    if (confirmation.kind === "refused") {
      const by = confirmation.by.join(", ");
      const isReverted = await this.#revert(state, former, `turned down by ${by}`);
      const then = isReverted ? "What held before holds again" : "Correct the configuration, and publish again";
      throw new GatewayError(
        "ROUTES_REJECTED",
        `${by} has turned the routes of version ${state.version} down: its envoy.log says why. ${then}`,
      );
    }
  }

  /** Waits for the routes of the state that holds: who has changed it further is not to be waited for in vain. */
  #awaitRoutes(before: RouteSurvey): Promise<Confirmation> {
    let known = { of: 0, version: "" };
    const wanted = async () => {
      const state = await this.read();
      if (state.version !== known.of) {
        known = { of: state.version, version: this.#options.render(state).version };
      }
      return known.version;
    };
    return awaitRoutes(wanted, before, this.replicas, this.#options.confirmWithin ?? confirmWithin, this.clock);
  }

  /** Only a change is taken back, and only where it is still there. */
  async #revert(state: DeploymentState, former: DeploymentState, reason: string): Promise<boolean> {
    const step = await this.#journal.change((held) =>
      held.version === state.version && former.version !== state.version
        ? this.#next(held, former, { verb: "revert", reason })
        : undefined,
    );
    return step.before !== step.state;
  }

  #next(from: DeploymentState, aim: Aim, change: Omit<DeploymentChange, "at">): DeploymentState {
    const { stacks, announced, former } = aim;
    const { verb, reason } = change;
    const made = { verb, at: this.#at(), reason: reasonLine(reason) };
    return { version: from.version + 1, stacks, announced, former, change: made };
  }

  #first(): DeploymentState {
    return { version: 1, ...permissive("blue"), change: { verb: "begin", at: this.#at() } };
  }

  #at(): string {
    return (this.#options.now?.() ?? new Date()).toISOString();
  }
}

function refuse(why: string): never {
  throw new GatewayError("DEPLOYMENT_REFUSED", why);
}
