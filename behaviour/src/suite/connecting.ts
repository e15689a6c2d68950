import { connect } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, show, throws, until } from "./check.ts";

const signIns = (rpcs: readonly string[]) => rpcs.filter((rpc) => rpc.endsWith("authenticate"));

/** Who signs in, how and where. */
export const connecting: BehaviourGroup = {
  name: "connect()",
  cases: [
    {
      name: "signs in by user and token, once for many queries at a time",
      async run({ open, control }) {
        const connection = open();
        equal(await control.rpcs(), [], "the calls before the first query");
        await Promise.all(Array.from({ length: 8 }, () => connection.query("select 1")));
        equal(signIns(await control.rpcs()), ["blue authenticate"]);
        like((await control.calls())[0], { user: "ann", authorization: "absent" });
      },
    },
    {
      name: "refuses a wrong token, and does not repeat the user",
      async run({ open }) {
        const error = await rejects(open({ user: "ann-the-reader", token: "wrong" }).query("select 1"), {
          code: "AUTHENTICATION_FAILED",
          strategy: "blue",
          retryable: false,
        });
        ok(!(show(error) + String(error)).includes("ann-the-reader"), "the error is silent about who signs in");
      },
    },
    {
      name: "sends a bearer token with every call, and opens no session",
      async run({ open, control }) {
        equal((await open({ accessToken: "token" }).query("select 1")).rowCount, 1);
        const calls = await control.calls();
        equal(signIns(calls.map(({ rpc }) => rpc)), []);
        ok(
          calls.every(({ authorization }) => authorization === "present"),
          "each call carries the token",
        );
      },
    },
    {
      name: "asks a provider for a new token when the engine says that it has run out, once for all who need it",
      async run({ open, control }) {
        const queries = Array.from({ length: 8 }, (_, i) => i);
        const prepares = async () => (await control.rpcs()).filter((rpc) => rpc.includes("prepareStatement")).length;
        let asked = 0;
        const accessToken = async () => {
          asked += 1;
          // By then everybody has been refused.
          if (asked > 1) await until(prepares, (count) => count >= 1 + queries.length, "all queries are refused");
          return `token-${asked}`;
        };
        const connection = open({ accessToken });
        await connection.query("select 1");
        await control.faults({ rpc: "prepareStatementV2", times: queries.length, form: "unauthenticated" });
        const results = await Promise.all(queries.map((i) => connection.query(`select ${i}`)));
        equal(
          results.map((result) => result.rows()[0]?.[0]),
          queries,
        );
        equal(asked, 2, "how often the provider was asked");
      },
    },
    {
      name: "tells a provider which token was refused, and renews one before its end",
      async run({ open }) {
        const refused: unknown[] = [];
        const connection = open({
          accessToken: async (token?: string) => {
            refused.push(token);
            const expiresAt = Date.now() + (refused.length === 1 ? 3_600_000 : 1);
            return { token: refused.length === 1 ? "expired" : "fresh", expiresAt };
          },
        });
        await connection.query("select 1");
        equal(refused.slice(0, 2), [undefined, "expired"]);
        ok(refused.length > 2, "a token that is about to end is renewed");
      },
    },
    {
      name: "refuses a token that stays run out",
      async run({ open }) {
        await rejects(open({ accessToken: "expired" }).query("select 1"), { code: "AUTHENTICATION_FAILED" });
      },
    },
    {
      name: "acts as another user where it is told to impersonate",
      async run({ open, control }) {
        await open({ impersonate: "bob", customIdentityClaim: "email" }).query("select 1");
        like(
          (await control.calls()).find(({ rpc }) => rpc === "prepareStatementV2"),
          { user: "bob", impersonator: "ann" },
        );
      },
    },
    {
      name: "names the cluster in lower case, and looks names up in catalog and schema",
      async run({ open, control, url }) {
        const connection = open({ url: new URL(url), cluster: "Demo", catalog: "sample", schema: "tpch" });
        equal((await connection.query("select * from nation")).rowCount, 25);
        like(
          (await control.calls()).find(({ rpc }) => rpc === "prepareStatementV2"),
          { clusterName: "demo" },
        );
      },
    },
    {
      name: "uses the calls without a catalog where none is named",
      async run({ open, control }) {
        await open({ catalog: undefined, schema: undefined }).query("select 1");
        ok((await control.rpcs()).includes("blue prepareStatement"), "the first form of prepare was used");
      },
    },
    {
      name: "makes its calls by a fetch of the caller's",
      async run({ open, url }) {
        const asked: string[] = [];
        const connection = open({
          fetch: async (input, init) => {
            asked.push(String(input instanceof Request ? input.url : input));
            return await fetch(input, init);
          },
        });
        await connection.query("select 1");
        ok(asked.length >= 5 && asked.every((address) => address.startsWith(url)), "every call went through it");
      },
    },
    {
      name: "refuses an answer that is larger than it was told to read",
      async run({ open }) {
        const connection = open({ maxMessageBytes: 10_000 });
        await rejects(connection.query("select repeat('x', 100000)"), { code: "RESOURCE_EXHAUSTED" });
      },
    },
    {
      name: "tells that nobody answers",
      async run({ open, deadUrl }) {
        await rejects(open({ url: deadUrl }).query("select 1"), { code: "NETWORK", retryable: true });
      },
    },
    {
      name: "names the option that is wrong, and never what it holds",
      async run({ url }) {
        const secret = "s3cr3t";
        const good = { url, user: "ann", token: secret };
        const wrong: readonly (readonly [option: string, options: object])[] = [
          ["secret", { ...good, secret }],
          ["url", { ...good, url: "gateway.example.com" }],
          ["url", { ...good, url: "ftp://gateway.example.com" }],
          ["url", { ...good, url: `https://ann:${secret}@gateway.example.com` }],
          ["user", { url, token: secret }],
          ["token", { url, user: "ann" }],
          ["accessToken", { ...good, accessToken: secret }],
          ["accessToken", { url, accessToken: `${secret}\n` }],
          ["impersonate", { url, accessToken: secret, impersonate: "bob" }],
          ["cluster", { ...good, cluster: `${secret} ` }],
          ["catalog", { ...good, catalog: 7 }],
          ["autoResume", { ...good, autoResume: secret }],
          ["maxMessageBytes", { ...good, maxMessageBytes: 0 }],
          ["fetch", { ...good, fetch: secret }],
        ];
        for (const [option, options] of wrong) {
          // A caller that no compiler checks.
          const error = throws(() => connect(options as Parameters<typeof connect>[0]), { code: "INVALID_OPTION" });
          ok(error.message.includes(`"${option}"`), `"${error.message}" names ${option}`);
          ok(!(show(error) + error.message).includes(secret), `the error about ${option} is silent about its value`);
        }
      },
    },
    {
      name: "keeps its credentials to itself",
      async run({ open }) {
        const connection = open({ user: "ann-the-reader", token: "s3cr3t" });
        await connection.query("select 1");
        ok(!/s3cr3t|ann-the-reader/.test(show(connection)), "no credentials in its JSON");
      },
    },
  ],
};
