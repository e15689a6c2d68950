import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, type MockOptions, startMock } from "@e6data-web/mock";

/** Two stacks of the mock behind a real Envoy, on free ports. */
export interface Deployment extends AsyncDisposable {
  readonly mock: Mock;
  readonly gateway: Gateway;
}

/** Starts a deployment with a little sample data. */
export async function startDeployment(options: MockOptions = {}): Promise<Deployment> {
  const mock = await startMock({ scale: 0.001, ...options });
  try {
    const gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1 });
    return {
      mock,
      gateway,
      async [Symbol.asyncDispose]() {
        await gateway.close();
        await mock.close();
      },
    };
  } catch (error) {
    await mock.close();
    throw error;
  }
}
