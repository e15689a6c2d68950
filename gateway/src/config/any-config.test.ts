import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configNamed } from "../../test/golden/configs.ts";
import { renderBootstrap } from "../bootstrap.ts";
import { renderingProblems } from "../check-rendered.ts";
import { GatewayError } from "../gateway-error.ts";
import { renderRoutes } from "../routes.ts";
import { runFiles } from "../run-files.ts";
import { readSettings } from "./settings.ts";

type Path = readonly (string | number)[];

/** Every place in a configuration, sections and lists among them. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) {
    return [path];
  }
  const inner = Object.entries(value).flatMap(([key, entry]) =>
    placesIn(entry, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

/** The same with another value in one place; `undefined` leaves a key away. */
function withValue(config: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) {
    return value;
  }
  const inner: unknown = Object.getOwnPropertyDescriptor(config, key)?.value;
  const changed = withValue(inner, rest, value);
  return Array.isArray(config) ? config.with(Number(key), changed) : { ...Object(config), [key]: changed };
}

const full = configNamed("full");

/** What people write by mistake, and what nobody would. */
const anything = fc.oneof(
  fc.constant(undefined),
  fc.jsonValue({ maxDepth: 2 }),
  fc.integer(),
  fc.constantFrom("0s", "10ms", "1h", "999999999h", "1KiB", "1GiB", "::1", "0.0.0.0", "*", "https://a.test", "tls.pem"),
  fc.record({ port: fc.nat(70_000), host: fc.domain() }),
);

const change = fc.tuple(fc.constantFrom(...placesIn(full)), anything);

describe("any configuration", () => {
  it("is read, and rendered without an error, or refused in one line that says where", () => {
    let read = 0;
    fc.assert(
      fc.property(change, ([path, value]) => {
        const config = withValue(full, path, value);
        try {
          const settings = readSettings(config, { folder: "/etc/gateway" });
          const bootstrap = renderBootstrap(settings, runFiles("/var/lib/gateway"));
          expect(renderingProblems(bootstrap, renderRoutes(settings, { active: "green" }))).toEqual([]);
          read += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
          expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(/^[^\n]{10,1000}$/) });
          // Some are wrong only beside another key of the same section, or by their port.
          const section = String(path[0]);
          expect(String(error)).toMatch(new RegExp(`GatewayError: (${section}|admin|listener|observability)\\b`));
        }
      }),
      { numRuns: 400, seed: 1 },
    );
    // Else nothing would have been rendered.
    expect(read).toBeGreaterThan(20);
  });
});
