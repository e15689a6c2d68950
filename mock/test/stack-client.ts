import { type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { ClusterService, QueryEngineService } from "e6data-web/proto";

/** A caller that knows nothing of the mock: the gRPC client of connect-node. */
export interface StackClient extends Disposable {
  readonly engine: Client<typeof QueryEngineService>;
  readonly cluster: Client<typeof ClusterService>;
}

/** Connects to a stack; `headers` go with every call. */
export function createStackClient(port: number, headers: Readonly<Record<string, string>> = {}): StackClient {
  const baseUrl = `http://127.0.0.1:${port}`;
  const sessionManager = new Http2SessionManager(baseUrl);
  const addHeaders: Interceptor = (next) => (request) => {
    for (const [name, value] of Object.entries(headers)) request.header.set(name, value);
    return next(request);
  };
  const transport = createGrpcTransport({ baseUrl, sessionManager, interceptors: [addHeaders] });
  return {
    engine: createClient(QueryEngineService, transport),
    cluster: createClient(ClusterService, transport),
    [Symbol.dispose]: () => sessionManager.abort(),
  };
}
