import { defineConfig } from "vite";
import { defaultGatewayUrl, parseGatewayUrl } from "./server/gateway-url.ts";
import { viteOptions } from "./server/vite-options.ts";

export default defineConfig(viteOptions(parseGatewayUrl(process.env["E6_GATEWAY_URL"] ?? defaultGatewayUrl)));
