import { type Gateway, startGateway } from "../src/gateway.ts";
import { parseExposition, type Scrape } from "../src/watch/exposition.ts";
import { scripts as answers } from "./matrix/scripts.ts";
import { connectRaw, type RawAnswer, type RawConnection } from "./raw-call.ts";
import { type Script, type ScriptedUpstream, startUpstream } from "./scripted-upstream.ts";

/** A gateway with a metrics listener before two scripted stacks. */
export interface ObservedGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly blue: ScriptedUpstream;
  readonly green: ScriptedUpstream;
  readonly metricsUrl: string;
  /** Makes a call of gRPC-Web as a page does. */
  call(headers?: Readonly<Record<string, string>>, body?: Uint8Array): Promise<RawAnswer>;
  /** What Prometheus would read now. */
  scrape(): Promise<Scrape>;
}

const scripts: Readonly<Record<string, Script>> = {
  ...answers,
  "made-up-reason": (stream) => {
    const reason = `MADE_UP_${Math.random()}`;
    stream.respond(
      { ":status": 200, "content-type": "application/grpc", "grpc-status": "0", "x-e6-reason": reason },
      { endStream: true },
    );
  },
};

/** Starts all of it on free ports. `observability` is that section of the configuration; `runDir` keeps what is logged. */
export async function startObserved(observability: object = {}, runDir?: string): Promise<ObservedGateway> {
  const blue = await startUpstream("blue", scripts);
  const green = await startUpstream("green", scripts);
  const stack = ({ port }: ScriptedUpstream) => ({ addresses: [{ port }], healthCheck: { kind: "none" } });
  const gateway = await startGateway({
    runDir,
    config: {
      stacks: { blue: stack(blue), green: stack(green) },
      listener: { port: 0, origins: ["http://localhost:*"] },
      admin: { port: 0 },
      observability: { metrics: { port: 0 }, ...observability },
    },
  });
  const raw: RawConnection = await connectRaw(gateway.url);
  const metricsUrl = gateway.metricsUrl ?? "";
  return {
    gateway,
    blue,
    green,
    metricsUrl,
    call: (headers = {}, body) =>
      raw.call(
        { ":path": "/QueryEngineService/status", "content-type": "application/grpc-web+proto", ...headers },
        body,
      ),
    scrape: async () => parseExposition(await (await fetch(`${metricsUrl}/stats/prometheus`)).text()),
    async [Symbol.asyncDispose]() {
      await raw[Symbol.asyncDispose]();
      await gateway.close();
      await Promise.all([blue.close(), green.close()]);
    },
  };
}
