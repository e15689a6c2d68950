/** What every snippet may use without declaring it, as its reader would fill it in. */
import { connect } from "e6data-web";

/** The gateway's address. */
export const url = process.env["E6_DOCS_GATEWAY"] ?? "";
export const user = "ada@example.com";
/** Her access token: the sample engine takes any. */
export const token = "any-token";
/** A connection that is open already. */
export const connection = connect({ url, user, token });
/** Where an identity provider gives tokens, and what it knows the program by. */
export const tokenUrl = process.env["E6_DOCS_TOKEN_URL"] ?? "";
export const clientSecret = "a-secret";
