import * as grpcCode from "./grpc-code.ts";

/** One of {@link grpcCode}. */
export type GrpcCode = (typeof grpcCode)[keyof typeof grpcCode];

/** The name of the header or trailer by which an answer says how the call ended. */
export const headerGrpcStatus = "grpc-status";

/** A call that failed by a gRPC status: one that an answer holds, or one that stands for an answer that cannot be used. */
export class GrpcError extends Error {
  override readonly name = "GrpcError";
  readonly code: GrpcCode;
  /** Trailers and headers of the answer; empty where the other end gave no status. Not for a log: a proxy may set cookies. */
  declare readonly headers: Headers;

  constructor(code: GrpcCode, message: string, details: { headers?: Headers; cause?: unknown } = {}) {
    super(message, details);
    this.code = code;
    Object.defineProperty(this, "headers", { value: details.headers ?? new Headers() });
  }

  /** True if somebody at the other end said so. */
  get isSpoken(): boolean {
    return this.headers.has(headerGrpcStatus);
  }
}

/** The failure that an answer tells of in its trailers or its headers; nothing where it tells of a success. */
export function findFailure(headers: Headers, trailers: Headers | undefined): GrpcError | undefined {
  const said = [trailers, headers].flatMap((part) => part?.get(headerGrpcStatus) ?? []);
  const status = said.find((each) => each !== "0") ?? said[0];
  if (status === "0") {
    return undefined;
  }
  const message = [trailers, headers].flatMap((part) => part?.get("grpc-message") ?? [])[0] ?? "";
  const all = new Headers(trailers);
  headers.forEach((value, name) => {
    all.append(name, value);
  });
  const code = parseCode(status);
  if (code !== undefined) {
    return new GrpcError(code, decodeMessage(message), { headers: all });
  }
  // What is no status was not said: nothing may be read into it but the gateway's reason beside it.
  all.delete(headerGrpcStatus);
  return new GrpcError(grpcCode.internal, `the answer has no valid status: ${status}`, { headers: all });
}

function parseCode(status: string | undefined): GrpcCode | undefined {
  // The pattern knows the codes alone.
  return /^([1-9]|1[0-6])$/.test(`${status}`) ? (Number(status) as GrpcCode) : undefined;
}

/** Reads a text with percent signs; one that is not well-formed stays as it came, as the protocol demands. */
function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
