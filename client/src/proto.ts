/** The generated schema of both services, for those who speak to an engine themselves: the mock, the gateway, tests. */
export * from "./call-class.ts";
export * from "./gen/cluster_pb.ts";
export * from "./gen/e6x_engine_pb.ts";
