import {
  CalendarDate,
  Decimal,
  defaultReadLimits,
  Interval,
  readResultBatch,
  readResultMetadata,
  Timestamp,
  vectorTypes,
} from "e6data-web/wire";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, throws } from "./check.ts";

/** A result as the engine's own encoder wrote it: `client/vectors/string-constant.json`, its second batch. */
const metadataBytes = Uint8Array.from(atob("AAAAAAAAABEAAAABAAhzdHJpbmdfMAAGU1RSSU5HAAAAAA=="), (char) =>
  char.charCodeAt(0),
);
const batchBytes = Uint8Array.from(
  atob("CAABAAAAAw8AAgwAAAABCAABAAAAAwgAAgAAAAcPAAMCAAAAAQAMAAQMAA8LAAEAAAADZcyBAAACAAUBAAA="),
  (char) => char.charCodeAt(0),
);

/** Bytes and values, without a connection. */
export const wire: BehaviourGroup = {
  name: "the reader of bytes",
  cases: [
    {
      name: "reads metadata and batches",
      async run() {
        const metadata = readResultMetadata(metadataBytes);
        like(metadata, { rowCount: 17, fields: [{ name: "string_0", type: "STRING" }] });
        const batch = readResultBatch(batchBytes, metadata.fields);
        equal([batch.rowCount, batch.column(0).get(0), batch.column(0).get(2)], [3, "e\u0301", "e\u0301"]);
        ok(vectorTypes.includes("STRING"), "it knows the type");
      },
    },
    {
      name: "refuses what is malformed or beyond its limits",
      async run() {
        const { fields } = readResultMetadata(metadataBytes);
        throws(() => readResultMetadata(metadataBytes.subarray(0, 9)), { code: "MALFORMED_RESULT" });
        throws(() => readResultBatch(batchBytes.subarray(0, 30), fields), { code: "MALFORMED_RESULT" });
        ok(
          Object.values(defaultReadLimits).every((limit) => limit > 0),
          "there are limits",
        );
      },
    },
    {
      name: "has values that say themselves exactly",
      async run() {
        const texts = [
          new Decimal(-5n, 2),
          new CalendarDate(0n),
          new Timestamp(1n, "Europe/Berlin"),
          new Interval(-1_500_000n),
        ].map(String);
        equal(texts, ["-0.05", "1970-01-01", "1970-01-01T01:00:00.000001+01:00", "-PT1.5S"]);
        equal(new Decimal(150n, 2).toNumber(), 1.5);
        equal(JSON.stringify([new Decimal(1n, 3), new CalendarDate(-86_400_000_000n)]), '["0.001","1969-12-31"]');
      },
    },
  ],
};
