export { findEnvoy } from "./envoy-binary.ts";
export { type EnvoyProcess, type Exit, startEnvoy } from "./envoy-process.ts";
export { type Gateway, startGateway } from "./gateway.ts";
export { GatewayError, type GatewayErrorCode, gatewayErrorCodes } from "./gateway-error.ts";
export type { ConfiguredOptions, GatewayOptions, GatewayState, RunOptions, StackAddress } from "./options.ts";
