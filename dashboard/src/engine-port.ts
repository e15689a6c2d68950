import type { Strategy } from "e6data-web";

/** What the page needs of the client; in tests a stand-in takes its place. */
export interface EnginePort {
  /** Makes a connection; nothing is sent yet. Throws what the client throws for a bad option. */
  connect(options: SignInOptions): EngineConnection;
}

/** Where to connect and as whom. The token is handed to the client and kept nowhere else. */
export interface SignInOptions {
  readonly url: string;
  readonly credential: Credential;
  readonly catalog?: string;
  readonly schema?: string;
}

/** A user's token makes a session on each stack; a bearer token goes along with every call. */
export type Credential =
  | { readonly kind: "user"; readonly user: string; readonly token: string }
  | { readonly kind: "bearer"; readonly accessToken: string };

/** A connection to a cluster. */
export interface EngineConnection {
  /** Runs a statement and reads its whole result. An abort reaches the engine. */
  query(sql: string, options: { readonly signal: AbortSignal }): Promise<EngineResult>;
  /** Ends the sessions. */
  close(): Promise<void>;
}

/** A whole result. */
export interface EngineResult {
  readonly fields: readonly ResultField[];
  readonly rows: readonly (readonly unknown[])[];
  readonly queryId: string;
  /** The stack that ran the statement. */
  readonly strategy: Strategy;
}

/** One column of a result: its name and the engine's name of its type. */
export interface ResultField {
  readonly name: string;
  readonly type: string;
}
