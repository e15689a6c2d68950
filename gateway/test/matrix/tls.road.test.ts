import { createAuthority } from "../certificates.ts";
import type { LabTls } from "./lab.ts";
import { testMatrix } from "./matrix-suite.ts";

/** An authority made on the spot, and what it has signed for the gateways. */
async function makeTls(): Promise<LabTls & AsyncDisposable> {
  const authority = await createAuthority("matrix");
  const { certificateFile, keyFile } = await authority.issue("gateway");
  return {
    ca: authority.ca,
    certificateFile,
    keyFile,
    [Symbol.asyncDispose]: () => authority[Symbol.asyncDispose](),
  };
}

testMatrix(makeTls);
