/** What went wrong with a call before gRPC had a say. */
export type HttpFailureKind =
  /** fetch gave no answer: no network, no such host, refused, a certificate, CORS. Whether the call arrived is unknown. */
  | "unreachable"
  /** The answer began and did not end. */
  | "broken-off"
  /** The answer is larger than the limit. */
  | "too-large"
  /** The answer is not gRPC-Web: a page of a proxy, a wrong address. */
  | "not-grpc-web"
  /** An HTTP status other than 2xx, redirects among them. */
  | "status";

/** Facts about a failure on the HTTP level, thrown by the fetch of this package and read where errors are classified. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly kind: HttpFailureKind;
  /** The HTTP status, `0` where there was none. */
  readonly status: number;
  /** Those of the answer. Not for a log: a proxy may set cookies. */
  declare readonly headers: Headers;

  constructor(kind: HttpFailureKind, message: string, details: { response?: Response; cause?: unknown } = {}) {
    super(message, details);
    this.kind = kind;
    this.status = details.response?.status ?? 0;
    Object.defineProperty(this, "headers", { value: details.response?.headers ?? new Headers() });
  }
}
