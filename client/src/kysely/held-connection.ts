import { connect } from "../connection.ts";
import type { Connection, ConnectOptions } from "../index.ts";

/** The connection that a dialect works on. */
export interface HeldConnection {
  /** Opens it where it is the dialect's own and not open. Throws `INVALID_OPTION` for wrong options; sends nothing. */
  get(): Connection;
  /** Closes it where it is the dialect's own. */
  release(): Promise<void>;
}

/** Holds a connection that is somebody else's, or opens one. */
export function holdConnection(given: Connection | ConnectOptions): HeldConnection {
  if (isConnection(given)) {
    return { get: () => given, release: async () => undefined };
  }
  let own: Connection | undefined;
  return {
    get() {
      own ??= connect(given);
      return own;
    },
    async release() {
      const open = own;
      // A dialect may serve another Kysely afterwards.
      own = undefined;
      await open?.close();
    },
  };
}

function isConnection(given: Connection | ConnectOptions): given is Connection {
  // Not every caller is compiled by TypeScript: what is neither, connect() refuses.
  return typeof given === "object" && given !== null && "query" in given;
}
