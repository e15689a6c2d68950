import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A certificate of PEM and its key, as files of one folder. */
export interface TestCertificate {
  readonly folder: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly certificate: string;
  readonly key: string;
}

/** An authority that no machine knows, made for one test. */
export interface TestAuthority extends AsyncDisposable {
  readonly folder: string;
  readonly caFile: string;
  readonly ca: string;
  readonly caKeyFile: string;
  /** Its certificate anew, for so many days: of the same name and key, signed as before or by another authority. */
  renew(days: number, by?: TestAuthority): Promise<string>;
  /** A certificate for 127.0.0.1 and `localhost`, in a folder of its own. */
  issue(name: string): Promise<TestCertificate>;
}

const run = promisify(execFile);

const request = `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[leaf]
basicConstraints = CA:FALSE
subjectAltName = IP:127.0.0.1, DNS:localhost
`;

/** Makes an authority, for so many days, one of its own or below another, with OpenSSL, whose own configuration plays no part. */
export async function createAuthority(name: string, days = 2, above?: TestAuthority): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), "gateway-authority-"));
  const config = join(folder, "request.cnf");
  const [caFile, caKeyFile] = [join(folder, "ca.pem"), join(folder, "ca-key.pem")];
  await writeFile(config, request);
  const certify = (subject: string, extensions: string, out: string, more: readonly string[]) =>
    run("openssl", [
      ...["req", "-x509", "-config", config, "-extensions", extensions, "-subj", `/CN=${subject}`, "-nodes"],
      ...["-out", out, ...more],
    ]);
  const make = (subject: string, extensions: string, key: string, out: string, more: readonly string[]) => {
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", key];
    return certify(subject, extensions, out, [...newKey, ...more]);
  };
  const signedBy = (issuer?: TestAuthority) =>
    issuer === undefined ? [] : ["-CA", issuer.caFile, "-CAkey", issuer.caKeyFile];
  await make(name, "ca", caKeyFile, caFile, [...signedBy(above), "-days", String(days)]);
  return {
    folder,
    caFile,
    ca: await readFile(caFile, "utf8"),
    caKeyFile,
    async renew(renewedDays, by = above) {
      const out = join(folder, "renewed.pem");
      await certify(name, "ca", out, ["-key", caKeyFile, ...signedBy(by), "-days", String(renewedDays)]);
      return readFile(out, "utf8");
    },
    async issue(subject) {
      const own = join(folder, subject);
      await mkdir(own, { recursive: true });
      const [certificateFile, keyFile] = [join(own, "certificate.pem"), join(own, "key.pem")];
      await make(subject, "leaf", keyFile, certificateFile, ["-CA", caFile, "-CAkey", caKeyFile, "-days", "2"]);
      const [certificate, key] = await Promise.all([readFile(certificateFile, "utf8"), readFile(keyFile, "utf8")]);
      return { folder: own, certificateFile, keyFile, certificate, key };
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A folder as Kubernetes mounts a Secret: all of its files change at once, by the rename of a link. */
export interface Volume {
  readonly folder: string;
  replace(files: Readonly<Record<string, string>>): Promise<void>;
}

/** Makes a volume with files in it. */
export async function createVolume(folder: string, files: Readonly<Record<string, string>>): Promise<Volume> {
  await mkdir(folder);
  let version = 0;
  const replace = async (content: Readonly<Record<string, string>>) => {
    version += 1;
    const target = `..version-${version}`;
    await mkdir(join(folder, target));
    for (const [name, text] of Object.entries(content)) {
      await writeFile(join(folder, target, name), text);
    }
    await symlink(target, join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
  };
  await replace(files);
  for (const name of Object.keys(files)) {
    await symlink(`..data/${name}`, join(folder, name));
  }
  return { folder, replace };
}
