/** The gateway of a set-up on the user's own machine. */
export const loopbackGatewayUrl = "http://127.0.0.1:8080";

/** A gateway address as the user typed it, judged. */
export type GatewayAddress =
  | { readonly kind: "usable"; readonly url: string; readonly warning?: string }
  | { readonly kind: "unusable"; readonly problem: string };

/**
 * Judges a typed gateway address. `connectOrigins` are the origins that the page's security policy allows (absent:
 * any): the browser would refuse others without telling the page why.
 */
export function readGatewayAddress(text: string, connectOrigins?: readonly string[]): GatewayAddress {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return unusable(`Give an http or https address, such as ${loopbackGatewayUrl}.`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return unusable("Give only scheme, host and port; user and token have fields of their own.");
  }
  if (connectOrigins !== undefined && !connectOrigins.includes(url.origin)) {
    return unusable(`This page may only call ${connectOrigins.join(", ")}: its server was started for that gateway.`);
  }
  const address = { kind: "usable", url: url.href.replace(/\/$/, "") } as const;
  return isPrivateLink(url)
    ? address
    : { ...address, warning: "This address is not encrypted: others can read the token." };
}

function unusable(problem: string): GatewayAddress {
  return { kind: "unusable", problem };
}

/** Encrypted, or never leaving the machine. */
function isPrivateLink(url: URL): boolean {
  return url.protocol === "https:" || ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
}
