import type { FakeResult } from "./fake-gateway.ts";

/** One case of `client/vectors`, as far as a query's road needs it. */
export interface VectorCase {
  readonly name: string;
  readonly rowCount: number;
  readonly columns: readonly (readonly unknown[])[];
  readonly result: FakeResult;
}

interface VectorFile {
  readonly name: string;
  readonly rowCount: number;
  readonly metadata: string;
  readonly batches: readonly string[];
  readonly columns: readonly (readonly unknown[])[];
}

const files = import.meta.glob<VectorFile>("../vectors/*.json", { eager: true, import: "default" });

/** All cases, by name. */
export const vectorCases: ReadonlyMap<string, VectorCase> = new Map(
  Object.values(files).map(({ name, rowCount, metadata, batches, columns }) => [
    name,
    { name, rowCount, columns, result: { metadata: fromBase64(metadata), batches: batches.map(fromBase64) } },
  ]),
);

/** A case that a test names. */
export function vectorCase(name: string): VectorCase {
  const found = vectorCases.get(name);
  if (found === undefined) {
    throw new Error(`there is no case "${name}" in client/vectors`);
  }
  return found;
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
