/** The client in a page, for the benchmark `million-rows`. */
import { createReader, type Reader, type ReadingOrder } from "./million-reader.ts";

/** The page's door for the benchmark. */
export interface MillionPage {
  /** Signs in. */
  open(order: ReadingOrder): Promise<void>;
  /** Reads once. */
  read: Reader;
}

let reader: Reader | undefined;

const millionPage: MillionPage = {
  open: async (order) => {
    reader = await createReader(order);
  },
  read: async (way) => {
    if (reader === undefined) throw new Error("open() comes first");
    return await reader(way);
  },
};

Object.assign(globalThis, { millionPage });
