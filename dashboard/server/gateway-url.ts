/** The gateway of `npm start` on the same machine. */
export const defaultGatewayUrl = "http://127.0.0.1:8080";

/**
 * The gateway's address as the page is told it: an http(s) URL without credentials, query or fragment.
 * Throws an `Error` whose message names the remedy.
 */
export function parseGatewayUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new Error(`"${text}" is not a gateway address; give an http(s) URL such as ${defaultGatewayUrl}`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new Error("the gateway address carries credentials, a query or a fragment; give only scheme, host and port");
  }
  return url;
}
