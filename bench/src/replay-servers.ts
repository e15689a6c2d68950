import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { GetNextResultBatchResponseSchema, QueryEngineService } from "e6data-web/proto";

/** A server that answers every fetch with the same batch. */
export interface ReplayServer {
  readonly port: number;
  close(): Promise<void>;
}

const maxSessionMemory = 1000;

/** Bare `node:http2`: whatever is asked, the same gRPC frames, made beforehand. The fastest that Node can do. */
export function startBareServer(sessionId: string, batch: Uint8Array): Promise<ReplayServer> {
  const message = toBinary(
    GetNextResultBatchResponseSchema,
    create(GetNextResultBatchResponseSchema, { sessionId, resultBatch: batch }),
  );
  const frames = Buffer.alloc(5 + message.length);
  frames.writeUInt32BE(message.length, 1);
  frames.set(message, 5);
  const server = createServer({ maxSessionMemory });
  server.on("stream", (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(frames);
  });
  return listen(server);
}

/** The gRPC library that answers the mock's other calls. */
export function startConnectServer(sessionId: string, batch: Uint8Array): Promise<ReplayServer> {
  const adapter = connectNodeAdapter({
    acceptCompression: [],
    routes: (router) => {
      router.service(QueryEngineService, { getNextResultBatch: () => ({ sessionId, resultBatch: batch }) });
    },
  });
  return listen(createServer({ maxSessionMemory }, adapter));
}

async function listen(server: Http2Server): Promise<ReplayServer> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A server that listens on a TCP port has an address of this form.
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
