/** Few enough for the arguments of one call. */
const stepBytes = 0x8000;

/** The base64 of bytes, with padding. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let from = 0; from < bytes.length; from += stepBytes) {
    binary += String.fromCharCode(...bytes.subarray(from, from + stepBytes));
  }
  return btoa(binary);
}
