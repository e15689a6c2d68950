import { connect } from "../connection.ts";
import type { Connection, ConnectOptions } from "../index.ts";

/** The connection that a dialect works on: somebody else's, or its own. */
export interface HeldConnection {
  /** Its own begins anew where it was closed, for another Kysely. */
  open(): void;
  get(): Connection;
  /** Closes its own; somebody else's stays open. */
  close(): Promise<void>;
}

/** Holds a connection, or makes one of options; nothing is sent. Throws `INVALID_OPTION` for anything that is wrong with them. */
export function holdConnection(given: Connection | ConnectOptions): HeldConnection {
  if (isConnection(given)) {
    return { open: () => undefined, get: () => given, close: async () => undefined };
  }
  let own = connect(given);
  let isClosed = false;
  return {
    open() {
      if (isClosed) own = connect(given);
      isClosed = false;
    },
    get: () => own,
    async close() {
      isClosed = true;
      await own.close();
    },
  };
}

function isConnection(given: Connection | ConnectOptions): given is Connection {
  // Not every caller is compiled by TypeScript: what is neither, connect() refuses.
  return typeof given === "object" && given !== null && "query" in given;
}
