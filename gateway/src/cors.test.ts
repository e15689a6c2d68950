import { requestHeaders, responseHeaders } from "e6data-web/headers";
import { describe, expect, it } from "vitest";
import { allowedHeaders, corsPolicy, exposedHeaders, originProblem } from "./cors.ts";

// What the gRPC-Web protocol needs across origins, from Connect's documentation of CORS.
const grpcWebRequest = ["content-type", "grpc-timeout", "x-grpc-web", "x-user-agent"];
const grpcWebResponse = ["grpc-status", "grpc-message", "grpc-status-details-bin"];

describe("corsPolicy()", () => {
  it("lets pages send the protocol's headers and gRPC-Web's", () => {
    expect(allowedHeaders).toEqual(expect.arrayContaining([...requestHeaders, ...grpcWebRequest]));
    expect(allowedHeaders).not.toContain("connect-protocol-version");
  });

  it("lets pages read the gateway's headers and gRPC-Web's", () => {
    expect(exposedHeaders).toEqual(expect.arrayContaining([...responseHeaders, ...grpcWebResponse]));
  });

  it("writes both lists, and no credentials", () => {
    const policy = corsPolicy(["https://app.test"]);
    expect(policy).toMatchObject({
      allow_origin_string_match: [{ exact: "https://app.test" }],
      allow_headers: allowedHeaders.join(","),
      expose_headers: exposedHeaders.join(","),
    });
    expect(policy).not.toHaveProperty("allow_credentials");
  });

  it("takes the dots of a host for dots", () => {
    expect(corsPolicy(["http://127.0.0.1:*", "http://[::1]:*"])).toMatchObject({
      allow_origin_string_match: [
        { safe_regex: { regex: "http://127\\.0\\.0\\.1(:[0-9]{1,5})?" } },
        { safe_regex: { regex: "http://\\[::1\\](:[0-9]{1,5})?" } },
      ],
    });
  });
});

describe("originProblem()", () => {
  it.each(["https://app.example.com", "http://localhost:3000", "http://localhost:*", "http://[::1]:*"])(
    "accepts %s",
    (origin) => {
      expect(originProblem(origin)).toBeUndefined();
    },
  );

  it.each([
    ["*", "no wildcard"],
    ["https://*.example.com", "no wildcard"],
    ["null", "write it as"],
    ["app.example.com", "write it as"],
    ["file:///tmp/page.html", "write it as"],
    ["https://app.example.com/", "as https://app.example.com:"],
    ["https://app.example.com/console", "as https://app.example.com:"],
    ["https://App.example.com", "as https://app.example.com:"],
    ["https://app.example.com:443", "as https://app.example.com:"],
    ["https://user@app.example.com", "as https://app.example.com:"],
    ["", "write it as"],
  ])("refuses %s", (origin, problem) => {
    expect(originProblem(origin)).toContain(problem.replace(/:$/, ""));
  });
});
