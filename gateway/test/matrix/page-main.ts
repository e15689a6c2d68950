import type { Order } from "./cause.ts";
import { type ClientAnswer, type OpenClient, openClient } from "./client-call.ts";
import { callWeb, type WebAnswer } from "./web-call.ts";

/** What the page offers to a test. */
export interface MatrixPage {
  callWeb(url: string, order: Order): Promise<WebAnswer>;
  /** Opens a connection of the client; the number stands for it. */
  openClient(url: string, signInHeaders: Readonly<Record<string, string>>): Promise<number>;
  runClient(number: number, order: Order): Promise<ClientAnswer>;
  closeClient(number: number): Promise<void>;
}

declare global {
  /** Set by the page's script. */
  var matrixPage: MatrixPage | undefined;
}

const clients: OpenClient[] = [];

function clientOf(number: number): OpenClient {
  const client = clients[number];
  if (client === undefined) throw new Error(`there is no connection ${number}`);
  return client;
}

globalThis.matrixPage = {
  callWeb,
  openClient: async (...given) => clients.push(await openClient(...given)) - 1,
  runClient: (number, order) => clientOf(number).run(order),
  closeClient: (number) => clientOf(number).close(),
};
