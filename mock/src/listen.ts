import type { AddressInfo, Server } from "node:net";
import { InputError } from "./input-error.ts";

/** Lets a server listen on 127.0.0.1 and gives the port, another than `port` only if that is 0. An {@link InputError} if it cannot be had. */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(portError(error, port));
    server.once("error", fail);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.off("error", fail);
      resolve();
    });
  });
  // A server that listens on a TCP port has an address of this form.
  return (server.address() as AddressInfo).port;
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new InputError(`Port ${port} of 127.0.0.1 is taken: stop what listens there, or choose another port`);
  }
  if (error.code === "EACCES") return new InputError(`Port ${port} may not be used here: choose one above 1023`);
  return error;
}
