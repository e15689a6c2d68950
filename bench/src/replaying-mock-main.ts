/** The process of a mock that replays one result. Its first message is the order; each further one asks for the calls so far. Ends with its parent. */
import { once } from "node:events";
import { startMock } from "@e6data-web/mock";
import type { ReplayOrder, ReplayPlace } from "./replaying-mock.ts";

const [order]: ReplayOrder[] = await once(process, "message");
if (order === undefined) throw new Error("no order came");
const mock = await startMock({ scale: 0.001 });
mock.replay(order.sql, order.result);
const host = "127.0.0.1";
const place: ReplayPlace = { blue: { host, port: mock.blue.port }, green: { host, port: mock.green.port } };
process.send?.(place);
process.on("message", () => process.send?.(mock.control.calls().map(({ rpc }) => rpc)));
process.once("disconnect", () => mock.close());
