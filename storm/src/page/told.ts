/** One of the two stacks. */
export type Stack = "blue" | "green";

/** What a job does. */
export type JobKind =
  /** A result of one batch, read whole. */
  | "short"
  /** The same with a bound value. */
  | "bound"
  /** A result of many batches, read whole. */
  | "long"
  /** A cursor that runs two statements one after the other. */
  | "cursor"
  /** Rows as they come, by a reader who pauses. */
  | "stream"
  /** Rows as they come, by a reader who leaves before the end. */
  | "break"
  /** Ended by its signal, soon after it began. */
  | "abort"
  /** A row with a key of its own into the scratch table. */
  | "insert"
  /** A table of its own. */
  | "create"
  /** A result of very many batches, read beside all other jobs. */
  | "paced";

/** The kinds that only read and hand out nothing before they end. */
export const bufferedKinds: ReadonlySet<JobKind> = new Set<JobKind>(["short", "bound", "long", "cursor"]);
/** The kinds that change something, and must do so once. */
export const writeKinds: ReadonlySet<JobKind> = new Set<JobKind>(["insert", "create"]);

/** What a tab does one after the other; the paced result is read beside. */
export type LaneKind = Exclude<JobKind, "paced">;

/** How a job ended in its tab. */
export interface Outcome {
  /** The tab's number. */
  readonly tab: number;
  /** The trace id that went with each call of the job. */
  readonly trace: string;
  readonly kind: JobKind;
  /** What the job wrote, where it writes; unique among all tabs and rounds. */
  readonly key?: string;
  /** `ok`, `left` by its reader, or the code of the error. */
  readonly end: string;
  /** Rows that its reader was handed. */
  readonly rows: number;
  /** True if these rows were the right ones, in their order, none missing and none twice up to the last one handed out. */
  readonly isExact: boolean;
  /** Rows that the error claims to have been handed out. */
  readonly rowsDelivered?: number;
  /** Where it ran last, as the client says. */
  readonly strategy?: Stack;
  /** The stack that had accepted this tab for the switch to come, or that it had switched to, when the job began. */
  readonly due?: Stack;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly tookMs: number;
  /** The error in full, with its causes. */
  readonly error?: string;
}

/** An event of the deployment as a tab heard it. */
export interface ToldEvent {
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly [detail: string]: unknown;
}

/** A timer of a second or more that was not called off before it was due. */
export interface LongTimer {
  readonly milliseconds: number;
  /** The functions by which it was set, the innermost first. */
  readonly setBy: string;
}

/** Where something left the client that somebody else may read. */
export type TextSource = "span" | "log" | "event" | "error" | "message" | "console" | "stored";

/** What a tab tells the driver; it keeps nothing of it. */
export interface Told {
  readonly tab: number;
  readonly outcomes: readonly Outcome[];
  readonly events: readonly ToldEvent[];
  readonly longTimers: readonly LongTimer[];
  readonly texts: readonly (readonly [source: TextSource, text: string])[];
}

/** How a tab connects. */
export interface TabOptions {
  readonly tab: number;
  readonly url: string;
  readonly user: string;
  readonly token: string;
  /** Stands in every statement, as a comment. */
  readonly mark: string;
}

/** What a tab is to do. */
export interface Work {
  readonly seed: number;
  /** How many jobs at least: it goes on until it is told to stop. */
  readonly jobs: number;
  /** How many of them at a time. */
  readonly lanes: number;
  /** Batches of a result that is read beside all jobs, as slowly as these end; 0: there is none. */
  readonly pacedBatches: number;
}

/** What the page offers to its driver. */
export interface StormPage {
  open(options: TabOptions): void;
  /** Does its jobs, and more until {@link stop}; resolves when the last one has ended and been told. */
  run(work: Work): Promise<void>;
  /** Lets nothing begin that need not be done. */
  stop(): void;
  /** Everything that the page's origin has stored, as text. */
  stored(): Promise<string>;
  /** How many queries the connection holds. */
  pins(): number;
}

declare global {
  /** Set by the page's script. */
  var stormTab: StormPage | undefined;
  /** Set by the driver: takes what the page tells. */
  var tellStorm: ((told: Told) => Promise<void>) | undefined;
}
