import { clientCredentials } from "e6data-web/oauth";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, throws } from "./check.ts";

/** An identity provider that gives these tokens, one after the other; the last one again and again. */
function provider(...tokens: string[]) {
  const asked: { headers: Headers; body: string }[] = [];
  const ask = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    asked.push({ headers: request.headers, body: await request.text() });
    const access_token = tokens.length > 1 ? tokens.shift() : tokens[0];
    return access_token === undefined
      ? Response.json({ error: "invalid_client" }, { status: 401 })
      : Response.json({ access_token, token_type: "Bearer", expires_in: 3600 });
  };
  return { asked, fetch: ask };
}

const client = { tokenUrl: "https://identity.example.com/token", clientId: "edge", clientSecret: "s3cr3t" };

/** Bearer tokens by OAuth. */
export const tokens: BehaviourGroup = {
  name: "clientCredentials()",
  cases: [
    {
      name: "asks for one token, which many connections share",
      async run({ open }) {
        const { asked, fetch } = provider("token");
        const accessToken = clientCredentials({ ...client, scope: "sql", fetch });
        const connections = [open({ accessToken }), open({ accessToken })];
        await Promise.all(connections.map((connection) => connection.query("select 1")));
        equal(asked.length, 1, "how often the provider was asked");
        ok(asked[0]?.body.includes("grant_type=client_credentials") ?? false, "by the grant of client credentials");
        equal(asked[0]?.headers.get("authorization"), `Basic ${btoa("edge:s3cr3t")}`);
      },
    },
    {
      name: "asks again when the engine refuses the token",
      async run({ open }) {
        const { asked, fetch } = provider("expired", "fresh");
        equal((await open({ accessToken: clientCredentials({ ...client, fetch }) }).query("select 1")).rowCount, 1);
        equal(asked.length, 2, "how often the provider was asked");
      },
    },
    {
      name: "says that the provider refused, and keeps the secret",
      async run({ open }) {
        const accessToken = clientCredentials({ ...client, fetch: provider().fetch });
        const error = await rejects(open({ accessToken }).query("select 1"), { code: "AUTHENTICATION_FAILED" });
        like(error.message.includes("s3cr3t"), false);
        throws(() => clientCredentials({ ...client, clientId: "" }), { code: "INVALID_OPTION" });
      },
    },
  ],
};
