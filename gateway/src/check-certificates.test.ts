import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority, type TestAuthority, type TestCertificate } from "../test/certificates.ts";
import { configNamed } from "../test/golden/configs.ts";
import { checkCertificates } from "./check-certificates.ts";
import { readSettings } from "./config/settings.ts";
import type { StackTls } from "./config/tls.ts";

const stack = new AsyncDisposableStack();
const settings = readSettings(configNamed("minimal"), { folder: "/etc/gateway" });
let authority: TestAuthority;
let one: TestCertificate;
let two: TestCertificate;

beforeAll(async () => {
  authority = stack.use(await createAuthority("an authority"));
  one = await authority.issue("one");
  two = await authority.issue("two");
});

afterAll(() => stack.disposeAsync());

const toBlue = (tls: Partial<StackTls>, now?: number) => {
  const good: StackTls = { caFile: authority.caFile, serverName: "localhost", certificate: undefined };
  const blue = { ...settings.stacks.blue, tls: { ...good, ...tls } };
  return checkCertificates({ ...settings, stacks: { ...settings.stacks, blue } }, now);
};

const toListener = (certificateFile: string, keyFile: string, now?: number) => {
  const tls = { certificateFile, keyFile, minimumVersion: "1.2" } as const;
  return checkCertificates({ ...settings, listener: { ...settings.listener, tls } }, now);
};

const days = (count: number) => Date.now() + count * 86_400_000;

describe("checkCertificates()", () => {
  it("accepts what belongs together, and where there is none", async () => {
    await expect(checkCertificates(settings)).resolves.toBeUndefined();
    await expect(toListener(one.certificateFile, one.keyFile)).resolves.toBeUndefined();
    await expect(toBlue({ certificate: two })).resolves.toBeUndefined();
  });

  it("accepts a chain, of which the first certificate is the one that counts", async () => {
    const chain = join(one.folder, "chain.pem");
    await writeFile(chain, `${one.certificate}${authority.ca}`);
    await expect(toListener(chain, one.keyFile)).resolves.toBeUndefined();
    await writeFile(chain, `${authority.ca}${one.certificate}`);
    await expect(toListener(chain, one.keyFile)).rejects.toThrow("is not the key of certificateFile");
  });

  it("refuses a chain of which an issuer has run out, but for one that callers do without", async () => {
    await using root = await createAuthority("a root", 20);
    await using upper = await createAuthority("an upper authority", 1, root);
    await using lower = await createAuthority("a lower authority", 20, upper);
    const leaf = await lower.issue("three");
    const chain = join(leaf.folder, "chain.pem");
    const check = (now: number, ...certificates: readonly string[]) =>
      writeFile(chain, certificates.join("")).then(() => toListener(chain, leaf.keyFile, now));
    const whole = [leaf.certificate, lower.ca, upper.ca, root.ca];
    await expect(check(days(0), ...whole)).resolves.toBeUndefined();
    await expect(check(days(1.5), ...whole)).rejects.toThrow(
      `listener.tls.certificateFile, ${chain}, sends an issuer's certificate that holds only from`,
    );
    await expect(check(days(1.5), ...whole, await upper.renew(20))).resolves.toBeUndefined();
    // What stands beside the chain is looked at by nobody.
    await expect(check(days(1.5), leaf.certificate, lower.ca)).resolves.toBeUndefined();
    await expect(check(days(1.5), leaf.certificate, upper.ca)).resolves.toBeUndefined();
    await using brief = await createAuthority("a brief root", 1);
    await using lasting = await createAuthority("a lasting authority", 20, brief);
    const other = await lasting.issue("four");
    await writeFile(chain, `${other.certificate}${lasting.ca}${brief.ca}`);
    await expect(toListener(chain, other.keyFile, days(1.5))).resolves.toBeUndefined();
  });

  it("accepts a chain with several ways up of which one is good, whichever stands first", async () => {
    await using root = await createAuthority("a root", 20);
    await using brief = await createAuthority("a brief authority", 1, root);
    await using lasting = await createAuthority("a lasting authority", 20, root);
    await using lower = await createAuthority("a lower authority", 20, brief);
    const crossed = await lower.renew(20, lasting);
    const leaf = await lower.issue("five");
    const chain = join(leaf.folder, "chain.pem");
    const check = (...issuers: readonly string[]) =>
      writeFile(chain, [leaf.certificate, ...issuers].join("")).then(() => toListener(chain, leaf.keyFile, days(1.5)));
    await expect(check(lower.ca, crossed, brief.ca, lasting.ca)).resolves.toBeUndefined();
    await expect(check(crossed, lower.ca, lasting.ca, brief.ca)).resolves.toBeUndefined();
    const outdated = "sends an issuer's certificate that holds only from";
    await expect(check(lower.ca, await lower.renew(20, brief), brief.ca, lasting.ca)).rejects.toThrow(outdated);
    await expect(check(lower.ca, await lower.renew(1, lasting), brief.ca, lasting.ca)).rejects.toThrow(outdated);
  });

  it("accepts authorities of which some have run out, as those of a system have", async () => {
    await using lasting = await createAuthority("a lasting authority", 20);
    const bundle = join(one.folder, "bundle.pem");
    await writeFile(bundle, `${authority.ca}${lasting.ca}`);
    await expect(toBlue({ caFile: bundle }, days(5))).resolves.toBeUndefined();
    await expect(toBlue({ caFile: bundle }, days(30))).rejects.toThrow("holds only from");
  });

  it.each<[string, () => Promise<void>, string]>([
    [
      "a key that belongs to another certificate",
      () => toListener(one.certificateFile, two.keyFile),
      "listener.tls.keyFile, {two.keyFile}, is not the key of certificateFile: give the two that belong together",
    ],
    [
      "a file that is not there",
      () => toBlue({ caFile: "/none/ca.pem" }),
      "stacks.blue.tls.caFile, /none/ca.pem, cannot be read (ENOENT): name a file that this program, and Envoy, may read",
    ],
    [
      "a certificate that is no authority's",
      () => toBlue({ caFile: one.certificateFile }),
      "stacks.blue.tls.caFile, {one.certificateFile}, holds no certificate of an authority: give the one that signs",
    ],
    [
      "a key in the place of a certificate",
      () => toBlue({ caFile: one.keyFile }),
      "stacks.blue.tls.caFile, {one.keyFile}, holds no certificate: give the file in PEM",
    ],
    [
      "a certificate in the place of a key",
      () => toBlue({ certificate: { certificateFile: one.certificateFile, keyFile: one.certificateFile } }),
      "stacks.blue.tls.clientCertificate.keyFile, {one.certificateFile}, holds no private key without a password",
    ],
    [
      "a certificate that has run out",
      () => toListener(one.certificateFile, one.keyFile, days(3)),
      "listener.tls.certificateFile, {one.certificateFile}, holds only from",
    ],
    ["a certificate that does not hold yet", () => toListener(one.certificateFile, one.keyFile, days(-1)), "renew it"],
    ["an authority that has run out", () => toBlue({}, days(3)), "stacks.blue.tls.caFile"],
  ])("refuses %s", async (_, check, message) => {
    const named = message
      .replace("{one.keyFile}", one.keyFile)
      .replace("{one.certificateFile}", one.certificateFile)
      .replace("{two.keyFile}", two.keyFile);
    await expect(check()).rejects.toMatchObject({ code: "INVALID_OPTION", message: expect.stringContaining(named) });
  });

  it("repeats nothing of what a file holds", async () => {
    const path = join(one.folder, "broken.pem");
    await writeFile(path, one.key.replace(/\n.{8}/, "\nAAAAAAAA"));
    const error = await toListener(one.certificateFile, path).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ message: expect.stringContaining("holds no private key") });
    expect(error).not.toHaveProperty("cause");
  });
});
