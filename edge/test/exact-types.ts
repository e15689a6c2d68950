import { Timestamp } from "e6data-web/wire";
import fc from "fast-check";
import { type ExactType, exactText, lost, type Sample, type Witness } from "./exact-type.ts";

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const digits38 = 10n ** 38n - 1n;

/** Values at the edges of a range come as often as all others together. */
function edged(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  const edges = [min, min + 1n, -1n, 0n, 1n, max - 1n, max].filter((edge) => edge >= min && edge <= max);
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(...edges));
}

const asText: Witness = { sql: "CAST(v AS VARCHAR)", of: exactText };

function integers(name: string, min: bigint, max: bigint): ExactType {
  const sample = (value: bigint): Sample => ({
    given: `${value}`,
    text: `${value}`,
    json: Number(value),
    plain: Number(value),
  });
  return { name, sql: `CAST(s AS ${name})`, samples: edged(min, max).map(sample), witness: asText };
}

function longs(name: string, min: bigint, max: bigint): ExactType {
  const sample = (value: bigint): Sample => ({
    given: `${value}`,
    text: `${value}`,
    json: `${value}`,
    plain: Number.isSafeInteger(Number(value)) ? Number(value) : lost,
  });
  return { name, sql: `CAST(s AS ${name})`, samples: edged(min, max).map(sample), witness: asText };
}

/** Digits and the place of the point, zeros at the ends left out: equal for texts of equal numbers. */
function sameNumber(text: string): string {
  const [mantissa = "", exponent = "0"] = text.replace(/^-/, "").split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return "0";
  return `${text.startsWith("-") ? "-" : ""}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}

/** A decimal's sample: its digits with a point before the last `scale` of them. */
export function decimalSample(unscaled: bigint, scale: number): Sample {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const point = digits.length - scale;
  const text = `${unscaled < 0n ? "-" : ""}${digits.slice(0, point)}${scale > 0 ? "." : ""}${digits.slice(point)}`;
  const plain = unscaled === 0n ? 0 : Number(text);
  return { given: text, text, json: text, plain: sameNumber(`${plain}`) === sameNumber(text) ? plain : lost };
}

function decimals(name: string, scale: number, min: bigint, max: bigint): ExactType {
  const samples = edged(min, max).map((unscaled) => decimalSample(unscaled, scale));
  // DuckDB leaves out the 0 before the point where the type has no digit for it.
  const shown = (text: string) => (name === `DECIMAL(${scale}, ${scale})` ? text.replace("0.", ".") : text);
  const witness: Witness = { sql: "CAST(v AS VARCHAR)", of: (value) => shown(exactText(value)) };
  return { name, sql: `CAST(s AS ${name})`, samples, witness };
}

const bits64 = new DataView(new ArrayBuffer(8));
const anyDouble = fc.oneof(
  fc.double(),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => {
    bits64.setBigUint64(0, bits);
    return bits64.getFloat64(0);
  }),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
  ),
  fc.constantFrom(0.1, 1 / 3, 2 ** 53, 2 ** 53 + 2, -(2 ** 63)),
);

function numberOf(said: string): number {
  return Number(said.replace("inf", "Infinity").replace("nan", "NaN"));
}

function numbers(name: "FLOAT" | "DOUBLE", values: fc.Arbitrary<number>): ExactType {
  const round = name === "FLOAT" ? Math.fround : (value: number) => value;
  return {
    name,
    sql: `CAST(s AS ${name})`,
    samples: values.map((value) => ({
      given: exactText(value),
      text: exactText(value),
      json: Number.isFinite(value) ? value : String(value),
      plain: value,
    })),
    witness: {
      sql: "CAST(v AS VARCHAR)",
      // Its text reads back as the number.
      of: (value, said) => (Object.is(round(numberOf(said)), value) ? said : exactText(value)),
    },
  };
}

/** A day of the calendar whose moments all fit into 64 bits of microseconds: the year as astronomers count, with a year 0. */
const days = fc
  .record({
    year: fc.oneof(
      fc.integer({ min: -290_307, max: 294_246 }),
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: 1890, max: 2110 }),
      fc.constantFrom(-290_307, -10_000, -9999, -1, 0, 1, 9999, 10_000, 275_760, 294_246),
    ),
    monthDay: fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })),
      fc.constantFrom([1, 31] as const, [2, 28] as const, [2, 29] as const, [3, 1] as const, [12, 31] as const),
    ),
  })
  .map(({ year, monthDay: [month, day] }) => {
    const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    return { year, month, day: month === 2 && day === 29 && !isLeap ? 28 : day };
  });

const clocks = fc
  .tuple(
    fc.integer({ min: 0, max: 86_399 }),
    fc.oneof(fc.integer({ min: 0, max: 999_999 }), fc.constantFrom(0, 1000, 999_999)),
  )
  .map(([second, micros]) => {
    const digits = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((part) =>
      `${part}`.padStart(2, "0"),
    );
    const fraction = `${micros}`.padStart(6, "0").replace(/0+$/, "");
    return { text: digits.join(":") + (fraction && `.${fraction}`), isMillis: micros % 1000 === 0 };
  });

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function isoDay({ year, month, day }: Day): string {
  const sign = year < 0 ? "-" : year > 9999 ? "+" : "";
  return `${sign}${pad(Math.abs(year), 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** As DuckDB writes it: the year before 1 is 1 BC. */
function duckDay({ year, month, day }: Day): string {
  return `${pad(year > 0 ? year : 1 - year, 4)}-${pad(month, 2)}-${pad(day, 2)}${year > 0 ? "" : " (BC)"}`;
}

function pad(number: number, length: number): string {
  return `${number}`.padStart(length, "0");
}

/** The Date of a text in UTC; `lost` where `Date` does not reach, or has no place for the microseconds. */
function plainMoment(iso: string, isMillis: boolean): Date | typeof lost {
  // JavaScript wants six digits of a year with a sign.
  const date = new Date(iso.replace(/^([+-])(\d+)/, (_, sign, year) => sign + year.padStart(6, "0")));
  return isMillis && !Number.isNaN(date.getTime()) ? date : lost;
}

const dates: ExactType = {
  name: "DATE",
  sql: "CAST(s AS DATE)",
  samples: days.map((day) => ({
    given: duckDay(day),
    text: isoDay(day),
    json: isoDay(day),
    plain: plainMoment(`${isoDay(day)}T00:00:00Z`, true),
  })),
  witness: momentWitness("CAST(v AS VARCHAR)", (iso) => iso),
};

function moments(name: string, zone: string): ExactType {
  return {
    name,
    sql: `CAST(s AS ${name})`,
    samples: fc.tuple(days, clocks).map(([day, clock]) => {
      const [iso, duck] = [isoDay(day), duckDay(day)];
      const text = `${iso}T${clock.text}Z`;
      const given = duck.endsWith(" (BC)") ? `${duck.slice(0, -5)} (BC) ${clock.text}` : `${duck} ${clock.text}`;
      return { given: given + zone, text, json: text, plain: plainMoment(text, clock.isMillis) };
    }),
    // DuckDB's own text of a moment with a zone drops milliseconds in far years.
    witness: momentWitness("CAST(make_timestamp(epoch_us(v)) AS VARCHAR)", (text) =>
      text.replace("T", " ").replace("Z", ""),
    ),
  };
}

/** DuckDB tells the microseconds and its own text. */
function momentWitness(sql: string, words: (iso: string) => string): Witness {
  return {
    sql: `CAST(epoch_us(v) AS VARCHAR) || ' ' || ${sql}`,
    of: (value) => {
      const { micros } = value as { readonly micros: bigint };
      const text = words(value instanceof Timestamp ? String(value) : `${value}`).replace(/^\+/, "");
      const [, sign = "", year = "", rest = ""] = /^(-?)(\d+)(-\d\d-\d\d)/.exec(text) ?? [];
      if (sign === "" && Number(year) > 0) return `${micros} ${text}`;
      const before = `${`${1 + Number(year)}`.padStart(4, "0")}${rest} (BC)`;
      return `${micros} ${before}${text.slice((sign + year + rest).length)}`;
    },
  };
}

const intervals: ExactType = {
  name: "INTERVAL",
  sql: "(to_days(CAST(split_part(s, ' ', 1) AS INTEGER)) + to_microseconds(CAST(split_part(s, ' ', 2) AS BIGINT)))",
  samples: fc
    .tuple(
      fc.oneof(fc.constant(0), fc.integer({ min: -1_000_000, max: 1_000_000 })),
      fc.oneof(edged(-(2n ** 62n), 2n ** 62n), fc.bigInt({ min: -100_000_000n, max: 100_000_000n })),
    )
    .map(([dayCount, rest]) => {
      const micros = BigInt(dayCount) * 86_400_000_000n + rest;
      const { plain } = decimalSample(micros, 3);
      const text = durationText(micros);
      return { given: `${dayCount} ${rest}`, text, json: text, plain };
    }),
  // `3 days -04:05:06.7`: its parts make the microseconds.
  witness: {
    sql: "CAST(v AS VARCHAR)",
    of: (value, said) => (microsOf(said) === (value as { micros: bigint }).micros ? said : exactText(value)),
  },
};

function microsOf(duckInterval: string): bigint {
  const [, dayCount = "0", sign = "", hours = "0", minutes = "0", seconds = "0", fraction = ""] =
    /^(?:(-?\d+) days?)?(?: ?(-?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?)?$/.exec(duckInterval) ?? [];
  const clock =
    (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
  return BigInt(dayCount) * 86_400_000_000n + (sign === "-" ? -clock : clock);
}

/** ISO-8601, by division from the largest unit down. */
function durationText(micros: bigint): string {
  if (micros === 0n) return "PT0S";
  let rest = micros < 0n ? -micros : micros;
  const parts = [86_400_000_000n, 3_600_000_000n, 60_000_000n].map((unit) => {
    const count = rest / unit;
    rest %= unit;
    return count;
  });
  const [dayCount = 0n, hours = 0n, minutes = 0n] = parts;
  const seconds = rest === 0n ? "" : `${decimalSample(rest, 6).text.replace(/\.?0+$/, "")}S`;
  const clock = (hours ? `${hours}H` : "") + (minutes ? `${minutes}M` : "") + seconds;
  return `${micros < 0n ? "-" : ""}P${dayCount ? `${dayCount}D` : ""}${clock && `T${clock}`}`;
}

const booleans: ExactType = {
  name: "BOOLEAN",
  sql: "CAST(s AS BOOLEAN)",
  samples: fc.boolean().map((value) => ({ given: `${value}`, text: `${value}`, json: value, plain: value })),
  witness: asText,
};

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom(
    "",
    "\0",
    "\0a\0",
    "😀",
    "\u{10ffff}",
    "\ufeff",
    "\ufffe",
    "null",
    "é".normalize("NFD"),
    "x".repeat(5000),
  ),
);

const texts: ExactType = {
  name: "VARCHAR",
  sql: "decode(from_base64(s))",
  samples: anyText.map((text) => ({ given: Buffer.from(text).toString("base64"), text, json: text, plain: text })),
  witness: { sql: "to_base64(encode(v))", of: (value) => Buffer.from(String(value)).toString("base64") },
};

const blobs: ExactType = {
  name: "BLOB",
  sql: "from_base64(s)",
  samples: fc.uint8Array({ maxLength: 40 }).map((bytes) => {
    const given = Buffer.from(bytes).toString("base64");
    return { given, text: Buffer.from(bytes).toString("hex"), json: given, plain: bytes };
  }),
  witness: { sql: "lower(hex(v))", of: exactText },
};

/** A list, a map and a struct travel as JSON: its value is what counts. */
const lists: ExactType = {
  name: "VARCHAR[]",
  sql: "CAST(CAST(decode(from_base64(s)) AS JSON) AS VARCHAR[])",
  samples: fc.array(fc.option(fc.string({ maxLength: 4 }).map((text) => text.replaceAll("\0", "")))).map((items) => {
    const text = JSON.stringify(items);
    return { given: Buffer.from(text).toString("base64"), text, json: text, plain: text };
  }),
};

/** Every type of the engine that has a form in a result, with values of its whole range. */
export const exactTypes: readonly ExactType[] = [
  integers("TINYINT", -128n, 127n),
  integers("SMALLINT", -32_768n, 32_767n),
  integers("INTEGER", -(2n ** 31n), 2n ** 31n - 1n),
  integers("UTINYINT", 0n, 255n),
  integers("USMALLINT", 0n, 65_535n),
  longs("UINTEGER", 0n, 2n ** 32n - 1n),
  longs("BIGINT", int64.min, int64.max),
  decimals("UBIGINT", 0, 0n, 2n ** 64n - 1n),
  decimals("HUGEINT", 0, -digits38, digits38),
  decimals("UHUGEINT", 0, 0n, digits38),
  decimals("DECIMAL(4, 1)", 1, -9999n, 9999n),
  decimals("DECIMAL(9, 9)", 9, -999_999_999n, 999_999_999n),
  decimals("DECIMAL(18, 3)", 3, -(10n ** 18n - 1n), 10n ** 18n - 1n),
  decimals("DECIMAL(38, 20)", 20, -digits38, digits38),
  numbers("FLOAT", anyDouble.map(Math.fround)),
  numbers("DOUBLE", anyDouble),
  dates,
  moments("TIMESTAMP", ""),
  moments("TIMESTAMP WITH TIME ZONE", "+00"),
  intervals,
  booleans,
  texts,
  blobs,
  lists,
];
