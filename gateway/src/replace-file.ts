import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Puts a file in its place in one step: a reader sees the old one or the new one, and so does who comes after a power cut. `temporary`
 * is on the same file system, and nobody else writes it.
 */
export async function replaceFile(path: string, temporary: string, text: string): Promise<void> {
  await writeDurably(temporary, text);
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Writes a file whose content is on the disk before this resolves; its name may not be. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Has the names in a folder on the disk before this resolves. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
