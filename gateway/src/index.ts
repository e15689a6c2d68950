export { type Gateway, startGateway } from "./gateway.ts";
export { GatewayError, type GatewayErrorCode, gatewayErrorCodes } from "./gateway-error.ts";
export type { ConfiguredOptions, GatewayOptions, GatewayState, RunOptions, StackAddress } from "./options.ts";
