import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { at } from "./json.ts";

/** A request that changes something, as the server got it. */
export interface Change {
  readonly method: string;
  readonly path: string;
  readonly manager: string | null;
  readonly body: unknown;
}

/** As much of Kubernetes' API as kubectl needs to apply a ConfigMap and to annotate pods. */
export interface FakeKubernetes extends AsyncDisposable {
  readonly url: string;
  readonly changes: readonly Change[];
}

const resources = [
  { name: "configmaps", namespaced: true, kind: "ConfigMap", verbs: ["get", "list", "patch"] },
  { name: "pods", namespaced: true, kind: "Pod", verbs: ["get", "list", "patch"] },
];

const group = { kind: "APIGroupList", apiVersion: "v1", groups: [] };

/** What is asked about the API itself. */
const discovery: Readonly<Record<string, unknown>> = {
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": group,
  "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources },
};

/** Starts it on any free port of loopback. */
export async function startFakeKubernetes(pods: readonly string[]): Promise<FakeKubernetes> {
  const changes: Change[] = [];
  const server = createServer((request, response) => void answer(request, response, pods, changes));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    changes,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pods: readonly string[],
  changes: Change[],
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
  const body = await text(request);
  if (request.method === "PATCH") {
    const change = {
      method: "PATCH",
      path: pathname,
      manager: searchParams.get("fieldManager"),
      body: JSON.parse(body),
    };
    changes.push(change);
    reply(response, 200, pathname.includes("/pods/") ? pod(String(pathname.split("/").at(-1))) : change.body);
    return;
  }
  const known = discovery[pathname] ?? listed(pathname, searchParams, pods);
  const missing = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 };
  reply(response, known === undefined ? 404 : 200, known ?? missing);
}

function listed(path: string, search: URLSearchParams, pods: readonly string[]): unknown {
  const name = /^\/api\/v1\/namespaces\/e6data\/pods(?:\/(.+))?$/.exec(path);
  if (name === null) {
    return undefined;
  }
  if (name[1] !== undefined) {
    return pod(name[1]);
  }
  const items = search.get("labelSelector") === "app.kubernetes.io/name=e6-gateway" ? pods.map(pod) : [];
  return { kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items };
}

function pod(name: string): object {
  return { kind: "Pod", apiVersion: "v1", metadata: { name, namespace: "e6data" } };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** The annotations that a change sets. */
export function annotationsOf({ body }: Change): unknown {
  return at(body, "metadata", "annotations");
}
