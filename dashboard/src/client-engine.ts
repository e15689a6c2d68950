import { type ConnectOptions, connect } from "e6data-web";
import type { EngineConnection, EnginePort, SignInOptions } from "./engine-port.ts";

/** The real client behind the page's port. */
export const clientEngine: EnginePort = {
  connect(options) {
    const connection = connect(connectOptions(options));
    return {
      async query(sql, { signal }) {
        const result = await connection.query(sql, undefined, { signal });
        return {
          fields: result.fields,
          rows: result.rows(),
          queryId: result.queryId,
          strategy: result.strategy,
        };
      },
      close: () => connection.close(),
    } satisfies EngineConnection;
  },
};

function connectOptions({ credential, ...address }: SignInOptions): ConnectOptions {
  // A person decides whether the cluster is woken: that costs money, and takes minutes that the page does not show yet.
  const target = { ...address, autoResume: false };
  return credential.kind === "user"
    ? { ...target, user: credential.user, token: credential.token }
    : { ...target, accessToken: credential.accessToken };
}
