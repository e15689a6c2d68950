/** A request that this function does not accept: the caller's mistake, told before anything is asked of the cluster. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** The HTTP status of the answer. */
  readonly status: number;
  /** Headers that belong to the status. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
