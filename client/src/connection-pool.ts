import { type Connection, createConnection } from "./connection.ts";
import { type ConnectOptions, readOptions } from "./options.ts";
import { Pool } from "./pool/pool.ts";
import type { PoolOptions } from "./pool/pool-options.ts";
import { platformRuntime } from "./runtime.ts";

/**
 * Prepares a pool of connections; nothing is sent yet. Throws `INVALID_OPTION` for anything that is wrong with either
 * options.
 *
 * ```ts
 * await using pool = createPool({ url: "https://gateway.example.com", user, token }, { max: 8 });
 * const result = await pool.use((connection) => connection.query("select n_name from nation"));
 * ```
 */
export function createPool(options: ConnectOptions, poolOptions: PoolOptions = {}): Pool<Connection> {
  const settings = readOptions(options);
  return new Pool(() => createConnection(settings, platformRuntime), platformRuntime, poolOptions);
}
