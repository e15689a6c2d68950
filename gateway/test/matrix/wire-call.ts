import type { OutgoingHttpHeaders } from "node:http2";
import { headerClusterName } from "e6data-web/headers";
import { framed } from "../frame.ts";
import type { RawAnswer, RawConnection } from "../raw-call.ts";
import type { Order } from "./cause.ts";
import { pageOrigin } from "./lab.ts";
import { askMessage } from "./messages.ts";

/** The header by which a stack tells one call from another. */
export const headerCall = "x-call";

/** Asks for rows without any library of gRPC: as a page over gRPC-Web, or as a native gRPC caller. */
export function callWire(
  connection: RawConnection,
  order: Order,
  caller: "wire" | "native",
  call: string,
): Promise<RawAnswer> {
  const { script, path = "/QueryEngineService/getNextResultBatch", headers, trailers, messageBytes = 0 } = order;
  const all: OutgoingHttpHeaders = {
    ":path": path,
    ...(caller === "wire"
      ? { "content-type": "application/grpc-web+proto", origin: pageOrigin }
      : { "content-type": "application/grpc", te: "trailers" }),
    [headerCall]: call,
    ...(script !== undefined && { [headerClusterName]: script }),
    ...Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
    ),
  };
  return connection.call(all, framed(askMessage(messageBytes)), trailers);
}
