import { readFileSync } from "node:fs";
import { Code } from "@connectrpc/connect";
import { gatewayReasons } from "e6data-web/headers";
import { describe, expect, it } from "vitest";
import type { Cause, NativeEnd, WebEnd } from "../test/matrix/cause.ts";
import { causes } from "../test/matrix/causes.ts";
import {
  gateFailures,
  localFailures,
  memoryFailure,
  notGrpcFailure,
  upstreamFailures,
  upstreamStatusCodes,
} from "./failures.ts";

/** The page's table of the gateway's errors: each row as its cells. */
const rows = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8")
  .split(/^## The gateway's errors$/m)[1]
  ?.split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.slice(2, -2).split(" | "))
  .slice(2);

/** A code as gRPC has it: its number and its name. */
function codeText(code: keyof typeof Code | "OK"): string {
  return code === "OK" ? "0 OK" : `${Code[code]} ${code.replaceAll(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase()}`;
}

/** What a caller over gRPC-Web gets: status, reason, whether it is safe to call again. */
function webCells(end: WebEnd): readonly string[] {
  switch (end.end) {
    case "typed":
      return [codeText(end.code), `\`${end.reason}\``, end.isRetrySafe ? "yes" : "no"];
    case "good":
      return [codeText("OK"), "", ""];
    case "engine":
      return ["the engine's", "", ""];
    case "unfinished":
      return ["none", "", ""];
    case "broken":
      return ["none: it breaks off", "", ""];
    case "bare":
      return [`none: HTTP ${end.status}`, "", ""];
  }
}

function nativeCell(end: NativeEnd): string {
  switch (end.end) {
    case "bare":
      return `HTTP ${end.status === 0 ? "*n*" : end.status}`;
    case "grpc":
      return codeText(end.code);
    case "unfinished":
      return "none";
    case "broken":
      return "none: it breaks off";
  }
}

function cellsOf({ what, web, native }: Cause): readonly string[] {
  return [what, ...webCells(web), web.end === "engine" ? "the engine's" : nativeCell(native)];
}

describe("docs/errors.md", () => {
  it("has a row for each cause of the matrix, in its order", () => {
    expect(rows?.map((cells) => cells.slice(0, 5).join(" | "))).toEqual(
      causes.map((cause) => cellsOf(cause).join(" | ")),
    );
  });

  it("names the client's code of each cause", () => {
    for (const [index, { what, client }] of causes.entries()) {
      const named = rows?.[index]?.[5]?.match(/`[A-Z_]+`/g) ?? [];
      expect.soft(named, what).toEqual(client === undefined || client === "no error" ? [] : [`\`${client}\``]);
    }
  });
});

/** What is compared: a failure, as the gateway's table and the matrix have it. */
const textOf = (reason: string, code: keyof typeof Code, isRetrySafe: boolean) =>
  `${reason} ${code} ${isRetrySafe ? "safe" : "unsafe"}`;

describe("the matrix", () => {
  it("makes each failure that the gateway knows, as the gateway has it", () => {
    const all = [
      ...Object.values(upstreamFailures),
      notGrpcFailure,
      memoryFailure,
      ...Object.values(gateFailures),
      ...localFailures,
    ];
    const known = all.map(({ reason, grpcStatus, retrySafe }) => textOf(reason, nameOf(grpcStatus), retrySafe));
    const made = causes.flatMap(({ web }) =>
      web.end === "typed" ? [textOf(web.reason, web.code, web.isRetrySafe)] : [],
    );
    expect(known.filter((failure) => !made.includes(failure))).toEqual([]);
    expect(made.filter((failure) => !known.includes(failure) && !failure.startsWith("UPSTREAM_HTTP_"))).toEqual([]);
  });

  it("makes each status that the gateway has a code for", () => {
    const made = new Map(
      causes.flatMap(({ web }) => (web.end === "typed" ? [[web.upstreamStatus, web.code] as const] : [])),
    );
    for (const [status, code] of Object.entries(upstreamStatusCodes)) {
      expect.soft(made.get(Number(status)), status).toBe(nameOf(code));
    }
  });

  it("has a way to bring each cause about", () => {
    expect(causes.filter(({ ways }) => ways.length === 0)).toEqual([]);
  });

  it("knows every reason of the protocol", () => {
    const reasons = new Set(causes.map(({ web }) => (web.end === "typed" ? web.reason : "")));
    expect(gatewayReasons.filter((reason) => !reasons.has(reason))).toEqual([]);
  });
});

function nameOf(code: Code): keyof typeof Code {
  // An enum's number leads back to its name.
  return Code[code] as keyof typeof Code;
}
