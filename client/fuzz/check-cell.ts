import { CalendarDate } from "../src/wire/calendar-date.ts";
import type { Value } from "../src/wire/column.ts";
import { Decimal } from "../src/wire/decimal.ts";
import { Interval } from "../src/wire/interval.ts";
import { Timestamp } from "../src/wire/timestamp.ts";
import { isoText, offsetSeconds } from "./iso-text.ts";
import { must } from "./ours.ts";
import { numberText } from "./reference.ts";

/** An exact value as the reference writes its parts. */
export function cellText(value: Value): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (value instanceof CalendarDate) return `date ${value.micros}`;
  if (value instanceof Interval) return `interval ${value.micros}`;
  if (value instanceof Decimal) return `decimal ${value.unscaled} ${value.scale}`;
  if (value instanceof Timestamp) return `moment ${value.micros}${value.zone === null ? "" : ` ${value.zone}`}`;
  if (typeof value === "number") return `number ${numberText(value)}`;
  return `${typeof value === "string" ? "text" : typeof value} ${value}`;
}

/** Checks what the dialect `json` made of an exact value against what the value's parts say. */
export function checkJson(exact: Value, json: unknown): void {
  must(json === null || ["boolean", "number", "string"].includes(typeof json), `json is of the type ${typeof json}`);
  const wanted = jsonOf(exact);
  if (wanted !== undefined) must(Object.is(json, wanted), `json is ${String(json)}, not ${String(wanted)}`);
}

/** The value's JSON, made another way; undefined for a moment in a zone that only tables know. */
function jsonOf(exact: Value): string | number | boolean | null | undefined {
  if (typeof exact === "bigint") return exact.toString();
  if (typeof exact === "number") return Number.isFinite(exact) ? exact : `${exact}`;
  if (exact instanceof Uint8Array) return Buffer.from(exact).toString("base64");
  if (exact instanceof CalendarDate) return isoText(exact.micros).date;
  if (exact instanceof Decimal) return decimalText(exact);
  if (exact instanceof Interval) return intervalText(exact.micros);
  return exact instanceof Timestamp ? momentText(exact) : exact;
}

function momentText({ micros, zone }: Timestamp): string | undefined {
  const offset = zone === null ? 0 : offsetSeconds(zone);
  if (offset === undefined) return undefined;
  const { date, time } = isoText(micros + BigInt(offset) * 1_000_000n);
  const clock = isoText(BigInt(Math.abs(offset)) * 1_000_000n).time.replace(/:00$/, "");
  return `${date}T${time}${offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${clock}`}`;
}

function decimalText({ unscaled, scale }: Decimal): string {
  if (scale <= 0) return `${unscaled * 10n ** BigInt(-scale)}`;
  const power = 10n ** BigInt(scale);
  const length = unscaled < 0n ? -unscaled : unscaled;
  return `${unscaled < 0n ? "-" : ""}${length / power}.${(power + (length % power)).toString().slice(1)}`;
}

function intervalText(micros: bigint): string {
  const length = micros < 0n ? -micros : micros;
  const [days, rest] = [length / 86_400_000_000n, length % 86_400_000_000n];
  const { time } = isoText(rest);
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const seconds = (time.split(":")[2] ?? "").replace(/^0(?=\d)/, "");
  const clock = `${hours ? `${hours}H` : ""}${minutes ? `${minutes}M` : ""}${seconds === "0" ? "" : `${seconds}S`}`;
  if (micros === 0n) return "PT0S";
  return `${micros < 0n ? "-" : ""}P${days ? `${days}D` : ""}${clock && `T${clock}`}`;
}

/** Checks that a plain value that was not refused says all that the exact one does. */
export function checkPlain(exact: Value, plain: unknown): void {
  const said = exactOf(exact, plain);
  must(said, `plain ${String(plain)} is not all that there is`);
}

function exactOf(exact: Value, plain: unknown): boolean {
  if (typeof exact === "bigint") return Number.isSafeInteger(plain) && BigInt(plain as number) === exact;
  if (exact instanceof CalendarDate || exact instanceof Timestamp)
    return plain instanceof Date && BigInt(plain.getTime()) * 1000n === exact.micros;
  if (exact instanceof Decimal) return isDecimal(exact, plain);
  if (exact instanceof Interval) return isDecimal(new Decimal(exact.micros, 3), plain);
  return exact instanceof Uint8Array
    ? plain instanceof Uint8Array && Buffer.compare(exact, plain) === 0
    : Object.is(exact, plain);
}

/** Whether the number's shortest text names the decimal. */
function isDecimal({ unscaled, scale }: Decimal, plain: unknown): boolean {
  if (typeof plain !== "number" || !Number.isFinite(plain)) return false;
  const [mantissa = "", exponent = "0"] = plain.toString().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = BigInt(whole + fraction);
  const power = BigInt(fraction.length - Number(exponent) - scale);
  return power < 0n ? digits * 10n ** -power === unscaled : digits === unscaled * 10n ** power;
}
