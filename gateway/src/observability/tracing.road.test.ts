import { expect, it } from "vitest";
import { startObserved } from "../../test/observed-gateway.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

it.each([
  [true, "leaves on"],
  [false, "takes off"],
])("a gateway for which trustCallers is %s %s a caller's own trace, and serves the call", async (trustCallers) => {
  // Nobody listens there: spans are lost, calls are not.
  const traces = { collector: { port: 9 }, unsafeEngineMessages: true, trustCallers };
  await using observed = await startObserved({ traces });
  const answer = await observed.call({ strategy: "blue", traceparent });
  expect(answer.headers).toMatchObject({ "x-upstream": "blue", "content-type": "application/grpc-web+proto" });
  const seen = String(observed.blue.calls.at(-1)?.["traceparent"]);
  expect(seen.includes(traceId)).toBe(trustCallers);
});
