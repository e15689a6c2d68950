export { type Gateway, startGateway } from "./gateway.ts";
export { GatewayError, type GatewayErrorCode, gatewayErrorCodes } from "./gateway-error.ts";
export type { GatewayOptions, GatewayState, StackAddress } from "./options.ts";
