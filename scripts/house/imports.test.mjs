import { describe, expect, it } from "vitest";
import { importsOfTheHouse, readImports, sourceFiles } from "./imports.mjs";
import { cycles, violations } from "./rules.mjs";

describe("readImports()", () => {
  it("finds static, dynamic and re-exported modules, and tells types from values", () => {
    const text = `
      import type { A } from "./a.ts";
      import { type B } from "./b.ts";
      import { type C, c } from "./c.ts";
      import "./side.ts";
      export { d } from "./d.ts";
      export type { E } from "./e.ts";
      export * from "../f.ts";
      await import("node:fs");`;
    const found = readImports("client/src/wire/x.ts", text).map(({ to, isType }) => `${to}${isType ? " (type)" : ""}`);
    expect(found).toEqual([
      "client/src/wire/a.ts (type)",
      "client/src/wire/b.ts (type)",
      "client/src/wire/c.ts",
      "client/src/wire/side.ts",
      "client/src/wire/d.ts",
      "client/src/wire/e.ts (type)",
      "client/src/f.ts",
      "node:fs",
    ]);
  });
});

describe("the rules", () => {
  it.each([
    ["client/src/wire/x.ts", `import { y } from "../query/y.ts"`, "flows the wrong way"],
    ["client/src/strategy/x.ts", `import { y } from "../session/y.ts"`, "flows the wrong way"],
    ["client/src/query/x.ts", `import { readFile } from "node:fs"`, "needs Node"],
    ["client/src/query/x.ts", `import { startMock } from "@e6data-web/mock"`, "uses a door that it may not"],
    ["client/src/query/x.ts", `import { method } from "../gen/e6x_engine_pb.ts"`, "brings protobuf"],
    ["client/src/query/x.ts", `import { QueryEngineService } from "../proto.ts"`, "brings protobuf"],
    ["client/src/query/x.ts", `import { create } from "@bufbuild/protobuf"`, "brings protobuf"],
    ["mock/src/x.ts", `import { connect } from "e6data-web"`, "uses a door that it may not"],
    ["gateway/src/x.ts", `import { readResultBatch } from "e6data-web/wire"`, "uses a door that it may not"],
    ["dashboard/src/x.ts", `import { E6Error } from "../../client/src/error.ts"`, "leaves its package"],
    ["edge/src/x.ts", `import { y } from "e6data-web/src/error.ts"`, "uses a door that it may not"],
    ["scripts/x.mjs", `import { build } from "vite"`, "needs a package that may not be installed yet"],
    ["mock/src/x.ts", `import { z } from "zod"`, "is not named in package.json"],
  ])("%s: %s", (file, text, problem) => {
    expect(violations(readImports(file, text)).join()).toContain(problem);
  });

  it.each([
    ["client/src/query/x.ts", `import { y } from "../wire/y.ts"`],
    ["client/src/wire/x.ts", `import type { Y } from "../query/y.ts"`],
    ["client/src/wire/x.ts", `import { E6Error } from "../error.ts"`],
    ["client/src/query/x.ts", `import { status } from "../gen/e6x_engine_tables.ts"`],
    ["client/src/protobuf/x.ts", `import { BinaryReader } from "@bufbuild/protobuf/wire"`],
    ["client/src/x.ts", `import type { DescMethod } from "@bufbuild/protobuf"`],
    ["mock/src/x.ts", `import { QueryEngineService } from "e6data-web/proto"`],
    ["gateway/src/x.test.ts", `import { startMock } from "@e6data-web/mock"; import { connect } from "e6data-web"`],
  ])("leave alone %s: %s", (file, text) => {
    expect(violations(readImports(file, text)).filter((line) => !line.includes("package.json"))).toEqual([]);
  });

  it("see a circle of values, and none of types", () => {
    const a = readImports("mock/src/a.ts", `import { b } from "./b.ts"`);
    expect(cycles([...a, ...readImports("mock/src/b.ts", `import { a } from "./a.ts"`)])).toEqual([
      ["mock/src/a.ts", "mock/src/b.ts"],
    ]);
    expect(cycles([...a, ...readImports("mock/src/b.ts", `import type { A } from "./a.ts"`)])).toEqual([]);
  });
});

describe("the house", () => {
  const imports = importsOfTheHouse();

  it("is read as a whole", () => {
    const folders = new Set(sourceFiles().map((file) => file.split("/")[0]));
    for (const folder of ["client", "mock", "gateway", "proto", "scripts"]) expect(folders).toContain(folder);
    expect(imports.length).toBeGreaterThan(50);
  });

  it("keeps its import rules", () => {
    expect(violations(imports)).toEqual([]);
  });

  it("has no circle of imports", () => {
    expect(cycles(imports)).toEqual([]);
  });
});
