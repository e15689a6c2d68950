import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { GatewayError } from "../gateway-error.ts";
import { lineOfJsonError } from "./json-error-line.ts";
import { findRepeatedKey } from "./repeated-key.ts";
import { type GatewaySettings, readSettings } from "./settings.ts";

/** Bytes; a configuration with every key and a hundred origins has ten thousand. */
const maxFileSize = 1024 * 1024;

/**
 * Reads a configuration file. Paths in it start from its own folder. Rejects with `INVALID_OPTION`, which names the
 * file, what is wrong in it, and what to do.
 */
export async function readConfigFile(path: string): Promise<GatewaySettings> {
  const full = resolve(path);
  try {
    return readSettings(parse(await read(full)), { folder: dirname(full) });
  } catch (error) {
    throw error instanceof GatewayError ? new GatewayError(error.code, `${path}: ${error.message}`) : error;
  }
}

async function read(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= maxFileSize) {
      return await readFile(path, "utf8");
    }
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new GatewayError("INVALID_OPTION", `the file cannot be read (${reason}): name one that can`, { cause });
  }
  throw new GatewayError("INVALID_OPTION", `the file is larger than ${maxFileSize} bytes: it is no configuration`);
}

function parse(text: string): unknown {
  const config = parseJson(text);
  const repeated = findRepeatedKey(text);
  if (repeated !== undefined) {
    const { key, line } = repeated;
    throw new GatewayError("INVALID_OPTION", `${JSON.stringify(key)} stands twice, again in line ${line}: say it once`);
  }
  return config;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without V8's own words: they quote the file, where a secret may stand.
    const line = lineOfJsonError(text);
    throw new GatewayError("INVALID_OPTION", `it is no JSON, wrong in line ${line}: correct it there, or just before`);
  }
}
