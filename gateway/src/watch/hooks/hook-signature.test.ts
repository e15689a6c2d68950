import { describe, expect, it } from "vitest";
import { parseKeys, signedHeaders } from "./hook-signature.ts";

/** The vector of the Standard Webhooks' reference libraries. */
const vector = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  seconds: 1614265330,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

describe("signedHeaders()", () => {
  it("signs as the Standard Webhooks do", () => {
    expect(signedHeaders(parseKeys(vector.secret) ?? [], vector.id, vector.seconds, vector.body)).toEqual({
      "webhook-id": vector.id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": vector.signature,
    });
  });

  it("signs with each of two keys", () => {
    const keys = parseKeys(`whsec_${Buffer.alloc(32, 7).toString("base64")}\n${vector.secret}\n`) ?? [];
    const { "webhook-signature": signatures } = signedHeaders(keys, vector.id, vector.seconds, vector.body);
    expect(signatures.split(" ")).toEqual([expect.stringMatching(/^v1,[\w+/]{43}=$/), vector.signature]);
  });
});

describe("parseKeys()", () => {
  it.each([
    ["nothing", ""],
    ["no prefix", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ["too few bytes", `whsec_${Buffer.alloc(23).toString("base64")}`],
    ["too many bytes", `whsec_${Buffer.alloc(65).toString("base64")}`],
    ["what is not base64", "whsec_***************************************"],
    ["one good line and one bad", `${vector.secret}\nsecret`],
  ])("refuses %s", (_, text) => {
    expect(parseKeys(text)).toBeUndefined();
  });
});
