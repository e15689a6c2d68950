const cycleMicros = 146_097n * 86_400_000_000n;

/**
 * The ISO-8601 text of microseconds since 1970-01-01T00:00, made by JavaScript's own `Date` on a year of the same kind: the calendar repeats
 * itself every 400 years. Slow, and for any count.
 */
export function isoText(micros: bigint): { readonly date: string; readonly time: string } {
  const cycles = (micros - (((micros % cycleMicros) + cycleMicros) % cycleMicros)) / cycleMicros;
  const rest = micros - cycles * cycleMicros;
  const iso = new Date(Number(rest / 1000n)).toISOString();
  const year = Number(iso.slice(0, 4)) + Number(cycles) * 400;
  const sign = year < 0 ? "-" : year > 9999 ? "+" : "";
  const digits = `${iso.slice(20, 23)}${`${rest % 1000n}`.padStart(3, "0")}`.replace(/0+$/, "");
  return {
    date: `${sign}${`${Math.abs(year)}`.padStart(4, "0")}${iso.slice(4, 10)}`,
    time: `${iso.slice(11, 19)}${digits && `.${digits}`}`,
  };
}

/** An offset as the engine writes it, `+05:30` or `-04:56:02`, in seconds; 0 for UTC. Nothing for a zone by name or none at all. */
export function offsetSeconds(zone: string): number | undefined {
  if (zone === "Z" || zone === "UTC") return 0;
  const match = /^([+-])([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(zone);
  if (match === null) return undefined;
  const length = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === "-" ? -length : length;
}
