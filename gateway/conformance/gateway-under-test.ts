/**
 * The gateway as a server under test: its listener with all its filters, in front of the suite's own reference server. The conformance
 * suite's runner tells on standard input what it needs, and learns the address on standard output; SIGTERM ends it.
 *
 *     node --conditions=e6data-source gateway/conformance/gateway-under-test.ts <path of the reference server>
 *
 * @see https://github.com/connectrpc/conformance/blob/main/docs/testing_servers.md
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Admin } from "../src/admin.ts";
import { startGateway } from "../src/gateway.ts";
import { updateRoutes } from "../src/route-update.ts";
import { runFiles } from "../src/run-files.ts";

/** The suite's unary methods, each in the place of one of the engine's. */
const served: Readonly<Record<string, string>> = {
  "/QueryEngineService/status": "/connectrpc.conformance.v1.ConformanceService/Unary",
  "/QueryEngineService/healthCheck": "/connectrpc.conformance.v1.ConformanceService/IdempotentUnary",
  "/QueryEngineService/explain": "/connectrpc.conformance.v1.ConformanceService/Unimplemented",
};

/** What the runner asks for; of the rest, the gateway does all at once. */
interface Wanted {
  /** The largest message that the server takes, in bytes; 0 for any. */
  readonly messageReceiveLimit: number;
  /** For TLS, if that is wanted: in PEM. */
  readonly credentials: { readonly certificate: Uint8Array; readonly key: Uint8Array } | undefined;
}

async function main(serverPath: string): Promise<void> {
  const stopWanted = once(process, "SIGTERM");
  const folder = await mkdtemp(join(tmpdir(), "conformance-"));
  const server = spawn(serverPath, ["-json"], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const wanted = readWanted(await readMessage(process.stdin));
    const port = await startServer(server, wanted);
    await using gateway = await startGateway({ config: await gatewayConfig(folder, port, wanted) });
    await serveSuite(gateway.runDir, gateway.adminUrl);
    process.stdout.write(sized(writeAddress(gateway.port, wanted)));
    await stopWanted;
  } finally {
    server.kill("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  }
}

async function gatewayConfig(folder: string, port: number, { credentials }: Wanted): Promise<object> {
  const stack = { addresses: [{ port }], healthCheck: { kind: "none" } };
  const listener = { port: 0, origins: [] };
  const rest = { stacks: { blue: stack, green: stack }, admin: { port: 0 }, concurrency: 1 };
  if (credentials === undefined) return { ...rest, listener };
  const tls = { certificateFile: join(folder, "certificate.pem"), keyFile: join(folder, "key.pem") };
  await writeFile(tls.certificateFile, credentials.certificate);
  await writeFile(tls.keyFile, credentials.key);
  return { ...rest, listener: { ...listener, tls } };
}

/** Has the reference server speak gRPC over HTTP/2 in clear text, and tells its port; what it is asked and answers is JSON. */
async function startServer(child: ChildProcess, { messageReceiveLimit }: Wanted): Promise<number> {
  child.stdin?.end(JSON.stringify({ protocol: "PROTOCOL_GRPC", httpVersion: "HTTP_VERSION_2", messageReceiveLimit }));
  let text = "";
  // The pipe stays open: a server that cannot write what it writes last would end.
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += String(chunk);
    const port = /"port":\s*(\d+)\D/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`the reference server has ended: ${text}`);
}

/** Puts the suite's methods in the place of the engine's: in the routes alone, as each change of them is made. */
async function serveSuite(runDir: string, adminUrl: string): Promise<void> {
  const files = runFiles(runDir);
  let text = await readFile(files.routes, "utf8");
  for (const [engines, suites] of Object.entries(served)) {
    text = text.replaceAll(JSON.stringify(engines), JSON.stringify(suites));
  }
  const version = "conformance";
  text = text.replace(/("version_info":")[^"]*/, `$1${version}`);
  await updateRoutes(files, new Admin(adminUrl), { version, text });
}

/** One message with its length, four bytes, before it. */
async function readMessage(input: Readable): Promise<Uint8Array> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const chunk of input.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE())
      return bytes.subarray(4, 4 + bytes.readUInt32BE());
  }
  throw new Error("the runner has asked for nothing");
}

function sized(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

/** Reads a `ServerCompatRequest`. */
function readWanted(message: Uint8Array): Wanted {
  const fields = readFields(message);
  const [limit = 0, tls] = [fields.get(6), fields.get(7)];
  const pem = tls instanceof Uint8Array ? readFields(tls) : undefined;
  const [certificate, key] = [pem?.get(1), pem?.get(2)];
  const isTls = fields.get(4) === 1 && certificate instanceof Uint8Array && key instanceof Uint8Array;
  return { messageReceiveLimit: Number(limit), credentials: isTls ? { certificate, key } : undefined };
}

/** The numbers and the bytes of a message, by their fields. */
function readFields(message: Uint8Array): ReadonlyMap<number, number | Uint8Array> {
  const reader = new BinaryReader(message);
  const fields = new Map<number, number | Uint8Array>();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.Varint) fields.set(field, reader.uint32());
    else if (type === WireType.LengthDelimited) fields.set(field, reader.bytes());
    else reader.skip(type, field);
  }
  return fields;
}

/** Writes a `ServerCompatResponse`. */
function writeAddress(port: number, { credentials }: Wanted): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string("127.0.0.1");
  writer.tag(2, WireType.Varint).uint32(port);
  if (credentials !== undefined) writer.tag(3, WireType.LengthDelimited).bytes(credentials.certificate);
  return writer.finish();
}

await main(process.argv[2] ?? "");
