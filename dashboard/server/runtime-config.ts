import type { Connect, Plugin } from "vite";

/** What the page asks its server for before it starts, as `/config.json`. */
export interface RuntimeConfig {
  /** The gateway that the connect form offers. */
  readonly gatewayUrl: string;
  /** The only origins that the page may call; absent: any. */
  readonly connectOrigins?: readonly string[];
}

/**
 * Serves `/config.json` in development and in preview, so that one build fits every gateway. In preview the security
 * headers bind the page to that gateway, and the page is told so.
 */
export function runtimeConfig(gateway: URL): Plugin {
  const gatewayUrl = gateway.href.replace(/\/$/, "");
  return {
    name: "e6data-web:runtime-config",
    configureServer: (server) => {
      server.middlewares.use(serveConfig({ gatewayUrl }));
    },
    configurePreviewServer: (server) => {
      server.middlewares.use(serveConfig({ gatewayUrl, connectOrigins: [gateway.origin] }));
    },
  };
}

function serveConfig(config: RuntimeConfig): Connect.NextHandleFunction {
  const body = JSON.stringify(config);
  return (request, response, next) => {
    if (request.url?.split("?", 1)[0] !== "/config.json") {
      next();
      return;
    }
    response.setHeader("content-type", "application/json");
    response.setHeader("cache-control", "no-store");
    response.end(body);
  };
}
