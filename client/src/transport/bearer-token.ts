/** A token as an identity provider gives it. */
export interface BearerToken {
  /** The token itself, without `Bearer`. */
  readonly token: string;
  /** When it runs out, in milliseconds since 1970: it is renewed a minute before. Default: when it is refused. */
  readonly expiresAt?: number | undefined;
}

/** Gives a token; `refused` is the one that the engine takes no longer, if it is asked for that reason. */
export type TokenProvider = (refused?: string) => Promise<BearerToken>;

/** A token that ends within this time is renewed before it is used: a call may take as long to arrive. */
const leewayMs = 60_000;

/** Whether a token may still be sent at `now`, in milliseconds since 1970. */
export function isFresh({ expiresAt }: BearerToken, now: number): boolean {
  return expiresAt === undefined || now < expiresAt - leewayMs;
}
