import { execFile } from "node:child_process";
import { access, mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..", "..");
const folder = join(root, "bench", ".cache", "decode");

/** A large batch from the independent encoder, with its metadata. */
export interface DecodeInput {
  readonly rowCount: number;
  readonly metadata: Uint8Array;
  readonly batch: Uint8Array;
  /** Where the batch lies, for peers in processes of their own. */
  readonly batchPath: string;
  readonly metadataPath: string;
}

/**
 * The path of a Python with the public connector. Rejects with one line that names the remedy where it cannot be installed.
 */
export async function pythonWithConnector(): Promise<string> {
  const script = join(root, "scripts", "setup", "python-connector.mjs");
  const { stdout } = await run(process.execPath, [script]).catch((cause) => {
    const reason = String(cause.stderr ?? cause)
      .trim()
      .split("\n")
      .at(-1);
    throw new Error(`the Python connector, a peer of this benchmark, is missing: ${reason}`, { cause });
  });
  return stdout.trim();
}

/** Makes a batch of LONG, DOUBLE and STRING with that many rows, once, and reads it. */
export async function makeDecodeInput(python: string, rowCount: number): Promise<DecodeInput> {
  const batchPath = join(folder, `chunk-${rowCount}.bin`);
  const metadataPath = join(folder, `chunk-${rowCount}.meta`);
  // The metadata are written last: where they are, the batch is whole.
  if (!(await exists(metadataPath))) {
    await mkdir(folder, { recursive: true });
    await run(python, [join(root, "client", "vectors", "make.py"), "--chunk", String(rowCount), "--out", folder]);
  }
  return {
    rowCount,
    batchPath,
    metadataPath,
    // Copies: small files come as slices of a pool that Node shares out.
    batch: Uint8Array.from(await readFile(batchPath)),
    metadata: Uint8Array.from(await readFile(metadataPath)),
  };
}

/** These metadata for a result of that many rows: they begin with their number. */
export function withRowCount(metadata: Uint8Array, rowCount: number): Uint8Array {
  const copy = metadata.slice();
  new DataView(copy.buffer).setBigInt64(0, BigInt(rowCount));
  return copy;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
