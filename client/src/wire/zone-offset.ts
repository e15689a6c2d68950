import { floorDivide } from "./civil-time.ts";

const microsPerMilli = 1000n;
/** How far a `Date`, and with it `Intl`, reaches either way. */
const maxMillis = 8_640_000_000_000_000n;
/** `+05:30`, `-0330`, `+05`, `GMT+1`, `UTC-04:56:02`. */
const offsetZone = /^(?:GMT|UTC?)?([+-])(\d{1,2})(?::?([0-5]\d))?(?::?([0-5]\d))?$/;

// Making a format costs a thousand times what using it does. A pure cache: dropping it changes no result.
const formats = new Map<string, Intl.DateTimeFormat | undefined>();
/** The world has some 600 zones; beyond that many, names are made up. */
const maxFormats = 1024;

/**
 * Seconds that a zone's clocks are ahead of UTC at a moment. Undefined where the zone is unknown to this runtime, or the moment out of its
 * calendar's reach.
 */
export function zoneOffset(zone: string, micros: bigint): number | undefined {
  if (zone === "Z" || zone === "UTC") return 0;
  return parseOffset(zone) ?? namedOffset(zone, micros);
}

function parseOffset(zone: string): number | undefined {
  const match = offsetZone.exec(zone);
  if (match === null) return undefined;
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = match;
  if (Number(hours) > 23) return undefined;
  const length = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === "-" ? -length : length;
}

function namedOffset(zone: string, micros: bigint): number | undefined {
  const format = formatOf(zone);
  // Towards the past, so that a moment before a change of the clocks stays before it.
  const millis = floorDivide(micros, microsPerMilli);
  if (format === undefined || millis > maxMillis || millis < -maxMillis) return undefined;
  const name = format.formatToParts(Number(millis)).find((part) => part.type === "timeZoneName")?.value;
  return name === "GMT" ? 0 : parseOffset(name ?? "");
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) {
    if (formats.size >= maxFormats) formats.clear();
    formats.set(zone, createFormat(zone));
  }
  return formats.get(zone);
}

function createFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  } catch (error) {
    // Intl's word for a zone that it does not know.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
