import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryMessage } from "../../test/arbitrary-message.ts";
import { everyScalar, otherScalars, tableOf } from "../../test/table-of.ts";
import { ClusterService } from "../gen/cluster_pb.ts";
import * as clusterTables from "../gen/cluster_tables.ts";
import { QueryEngineService } from "../gen/e6x_engine_pb.ts";
import * as engineTables from "../gen/e6x_engine_tables.ts";
import { decode, encode } from "./codec.ts";
import type { AnyMethod, Table } from "./schema.ts";

const numbers: Table<object> = [[1, "numbers", "int32", "[]"]];
const someBytes: Table<object> = [[1, "data", "bytes"]];

/** protobuf-es, which knows nothing of our tables: what it reads, without what it notes beside the fields. */
function readByOthers(message: DescMessage, bytes: Uint8Array): unknown {
  return plain(fromBinary(message, bytes));
}

function writtenByOthers(message: DescMessage, value: Record<string, unknown>): Uint8Array {
  return toBinary(message, create(message, value));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const fields = Object.entries(value).filter(([name, held]) => !name.startsWith("$") && held !== undefined);
  return Object.fromEntries(fields.map(([name, held]) => [name, plain(held)]));
}

function attempt(read: () => unknown): { readonly value: unknown } | undefined {
  try {
    return { value: read() };
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return undefined;
  }
}

/** What we read of any bytes is what others read: we may only be stricter. */
function expectNoOtherReading(message: DescMessage, table: Table<object>, bytes: Uint8Array): void {
  const ours = attempt(() => decode(table, bytes));
  if (ours !== undefined) expect(ours).toEqual(attempt(() => readByOthers(message, bytes)));
}

const services = [
  { service: QueryEngineService, tables: engineTables },
  { service: ClusterService, tables: clusterTables },
];
const methods = services.flatMap(({ service, tables }) =>
  service.methods.map((described) => {
    const method: unknown = Reflect.get(tables, described.name);
    // Each constant that bears a method's name is that method: the first test below compares them all.
    return { name: described.name, described, method: method as AnyMethod };
  }),
);
const messages = new Map<string, [DescMessage, Table<object>]>(
  methods.flatMap(({ described: { input, output }, method }) => [
    [input.typeName, [input, method.input]],
    [output.typeName, [output, method.output]],
  ]),
);
const every = everyScalar(true);
const everyTable = tableOf(every);
messages.set(every.typeName, [every, everyTable]);
const cases = [...messages].map(([name, [message, table]]) => ({ name, message, table }));

describe("the tables", () => {
  it.each(methods)("have $name as the schema has it", ({ described: { name, parent, input, output }, method }) => {
    const described = { service: parent.typeName, name, input: tableOf(input), output: tableOf(output) };
    expect(method).toEqual(described);
  });

  it("have no method that the schema does not have", () => {
    const constants = services.flatMap(({ tables }) => Object.values<unknown>(tables));
    // The others are the numbers of enumerations.
    const names = constants.filter((value) => typeof value === "object");
    expect(names).toHaveLength(methods.length);
  });
});

describe("encode()", () => {
  it.each(cases)("writes $name byte by byte as others do", ({ message, table }) => {
    fc.assert(
      fc.property(arbitraryMessage(message), (value) => {
        expect(encode(table, value)).toEqual(writtenByOthers(message, value));
      }),
      { numRuns: 40 },
    );
  });

  it("takes undefined for left out", () => {
    expect(encode(engineTables.authenticate.input, { user: undefined, userNameForImpersonation: undefined })).toEqual(
      new Uint8Array(),
    );
  });

  it.each([1.5, 2 ** 31, Number.NaN, "a"])("refuses %s for an int32", (value) => {
    const frame: object = { dataframeNumber: value };
    expect(() => encode(engineTables.createDataFrame.input, frame)).toThrow("no int32");
  });

  it.each([2n ** 63n, -(2n ** 63n) - 1n, 1, "1"])("refuses %s for an int64", (value) => {
    const query: object = { existingQuery: { elapsedTimeMillis: value } };
    expect(() => encode(engineTables.identifyPlanner.input, query)).toThrow("no int64");
  });

  it("refuses a text for bytes", () => {
    const message: object = { data: "abc" };
    expect(() => encode(someBytes, message)).toThrow("no bytes");
  });

  it.each([
    ["a text for a list", { params: "abc" }],
    ["null for a list", { params: null }],
    ["a number for a message", { params: [1] }],
    ["null for a message", { params: [null] }],
    ["a word for a number", { params: [{ index: "one" }] }],
    ["a number beyond 32 bits", { params: [{ index: -(2 ** 31) - 1 }] }],
  ])("refuses %s", (_what, message: object) => {
    expect(() => encode(engineTables.executeStatementV2.input, message)).toThrow(Error);
  });
});

describe("decode()", () => {
  it.each(cases)("reads $name as others wrote it", ({ message, table }) => {
    fc.assert(
      fc.property(arbitraryMessage(message), (value) => {
        const bytes = writtenByOthers(message, value);
        expect(decode(table, bytes)).toEqual(readByOthers(message, bytes));
      }),
      { numRuns: 40 },
    );
  });

  it("reads lists of numbers whether they are packed or not, and both in one", () => {
    const unpacked = everyScalar(false);
    fc.assert(
      fc.property(arbitraryMessage(every), arbitraryMessage(every), (a, b) => {
        const bytes = Uint8Array.of(...writtenByOthers(unpacked, a), ...writtenByOthers(every, b));
        expect(decode(everyTable, bytes)).toEqual(readByOthers(every, bytes));
      }),
      { numRuns: 40 },
    );
  });

  it.each(cases)("merges what comes twice in $name as others do", ({ message, table }) => {
    fc.assert(
      fc.property(arbitraryMessage(message), arbitraryMessage(message), (a, b) => {
        const bytes = Uint8Array.of(...writtenByOthers(message, a), ...writtenByOthers(message, b));
        expect(decode(table, bytes)).toEqual(readByOthers(message, bytes));
      }),
      { numRuns: 20 },
    );
  });

  it("passes over every field that it does not know, of types too that it does not know", () => {
    const known = everyTable.filter(([number, , holds]) => number % 3 === 0 && !Array.isArray(holds));
    fc.assert(
      fc.property(arbitraryMessage(everyScalar(true, otherScalars)), (value) => {
        const bytes = writtenByOthers(everyScalar(true, otherScalars), value);
        expect(decode(known, bytes)).toEqual(decode(known, encode(known, value)));
      }),
      { numRuns: 40 },
    );
  });

  it("passes over a group, and groups in it", () => {
    // Field 9, a group with field 1 (a varint) and field 2 (an empty group); then sessionId, field 1.
    const bytes = Uint8Array.of(75, 8, 1, 19, 20, 76, 10, 1, 115);
    expect(decode(engineTables.addCatalogs.output, bytes)).toEqual({ sessionId: "s" });
  });

  it("takes a byte order mark for a part of the text", () => {
    expect(decode(engineTables.addCatalogs.output, Uint8Array.of(10, 3, 239, 187, 191))).toEqual({
      sessionId: "\ufeff",
    });
  });

  it("reads numbers of ten bytes, and refuses those of eleven, as others do", () => {
    const wholes = every.fields.filter(
      ({ scalar, fieldKind, number }) => scalar && fieldKind === "scalar" && number < 50,
    );
    const tags = wholes.map(({ number }) => number * 8);
    fc.assert(
      fc.property(fc.constantFrom(...tags), fc.uint8Array({ minLength: 8, maxLength: 11 }), (tag, given) => {
        const bytes = Uint8Array.of(tag, ...given.map((byte, at) => (at < given.length - 1 ? byte | 128 : byte & 127)));
        expect(attempt(() => decode(everyTable, bytes))).toEqual(attempt(() => readByOthers(every, bytes)));
      }),
      { numRuns: 1000 },
    );
  });

  it("takes no notice of what lies beyond 64 bits", () => {
    const bytes = Uint8Array.of(16, ...Array.from({ length: 9 }, () => 128), 2);
    expect(decode(engineTables.status.output, bytes)).toHaveProperty("status", false);
  });

  it("hands out bytes where they lie", () => {
    const bytes = Uint8Array.of(9, 9, 10, 2, 7, 8, 9).subarray(2, 6);
    const { resultBatches } = decode(engineTables.getNextResultBatchV2.output, bytes);
    expect(resultBatches).toEqual([Uint8Array.of(7, 8)]);
    expect(resultBatches[0]?.buffer).toBe(bytes.buffer);
  });

  it("gives each answer lists and bytes of its own", () => {
    const [a, b] = [0, 0].map(() => decode(engineTables.getNextResultBatchV2.output, new Uint8Array()));
    expect(a?.resultBatches).not.toBe(b?.resultBatches);
  });

  it.each([
    ["a text as a number", [8, 1], engineTables.addCatalogs.output],
    ["a text as eight bytes", [9, 0, 0, 0, 0, 0, 0, 0, 0], engineTables.addCatalogs.output],
    ["a number as a text", [26, 1, 0], engineTables.status.output],
    ["a message as a number", [8, 0], engineTables.getDynamicParams.output],
    ["a message as a group", [11, 12], engineTables.getDynamicParams.output],
    ["a bool as bytes, which is no list", [18, 0], engineTables.status.output],
    ["a text that is not UTF-8", [10, 1, 255], engineTables.addCatalogs.output],
    ["the end of a group that never began", [12], engineTables.addCatalogs.output],
    ["a group without an end", [75, 8, 1], engineTables.addCatalogs.output],
    ["a field with the number 0", [2, 0], engineTables.addCatalogs.output],
    ["a length beyond the end", [10, 255, 255, 255, 255, 15], engineTables.addCatalogs.output],
    ["a message that ends inside its last field", [10, 3, 18, 2, 97], engineTables.getDynamicParams.output],
    ["a field with a number of 30 bits", [128, 128, 128, 128, 16, 0], engineTables.addCatalogs.output],
    ["a tag in six bytes", [138, 128, 128, 128, 128, 0, 1, 97], engineTables.addCatalogs.output],
    ["a field of the wire type 6", [78, 0], engineTables.addCatalogs.output],
    ["a list of packed numbers that ends inside the last", [10, 1, 128, 1], numbers],
    ["a group that ends as another", [75, 84], engineTables.addCatalogs.output],
    ["an unknown number without an end", [72, 255], engineTables.addCatalogs.output],
    ["unknown bytes that are cut off", [74, 2, 1], engineTables.addCatalogs.output],
    ["eight unknown bytes that are cut off", [73, 1, 2, 3, 4, 5, 6, 7], engineTables.addCatalogs.output],
    ["four unknown bytes that are cut off", [77, 1, 2, 3], engineTables.addCatalogs.output],
    ["a number without an end", [24, ...Array.from({ length: 20 }, () => 255)], engineTables.status.output],
  ] as const)("refuses %s", (_what, bytes, table) => {
    expect(() => decode(table as Table<object>, Uint8Array.from(bytes))).toThrow(Error);
  });

  it("refuses groups without end in groups without end before the stack is full", () => {
    expect(() => decode(engineTables.addCatalogs.output, new Uint8Array(1_000_000).fill(75))).toThrow("depth");
  });

  it.each(cases)("reads nothing else than others out of $name cut off anywhere", ({ message, table }) => {
    fc.assert(
      fc.property(arbitraryMessage(message), (value) => {
        const bytes = writtenByOthers(message, value);
        for (let end = 0; end < bytes.length; end++) expectNoOtherReading(message, table, bytes.subarray(0, end));
      }),
      { numRuns: 3 },
    );
  });

  it.each(cases)("reads nothing else than others out of $name with bytes changed", ({ message, table }) => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(arbitraryMessage(message), fc.array(change, { minLength: 1, maxLength: 4 }), (value, changes) => {
        const bytes = writtenByOthers(message, value);
        for (const [at, byte] of changes) bytes[at % Math.max(1, bytes.length)] = byte;
        expectNoOtherReading(message, table, bytes);
      }),
      { numRuns: 100 },
    );
  });

  it("reads nothing else than others out of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectNoOtherReading(every, everyTable, bytes)),
      { numRuns: 2000 },
    );
  });
});
