import { arrow } from "./arrow.ts";
import type { BehaviourGroup } from "./behaviour.ts";
import { cancelling } from "./cancelling.ts";
import { catalogs } from "./catalogs.ts";
import { closing } from "./closing.ts";
import { clusters } from "./clusters.ts";
import { connecting } from "./connecting.ts";
import { cursors } from "./cursors.ts";
import { dataFrames } from "./data-frames.ts";
import { deploying } from "./deploying.ts";
import { events } from "./events.ts";
import { failing } from "./failing.ts";
import { handles } from "./handles.ts";
import { kysely } from "./kysely.ts";
import { lookingIn } from "./looking-in.ts";
import { observing } from "./observing.ts";
import { parameters } from "./parameters.ts";
import { pools } from "./pools.ts";
import { querying } from "./querying.ts";
import { reading } from "./reading.ts";
import { streaming } from "./streaming.ts";
import { tokens } from "./tokens.ts";
import { wire } from "./wire.ts";

/** Everything that holds in every runtime. */
export const suite: readonly BehaviourGroup[] = [
  connecting,
  tokens,
  querying,
  parameters,
  reading,
  streaming,
  cursors,
  handles,
  events,
  observing,
  cancelling,
  failing,
  deploying,
  lookingIn,
  clusters,
  catalogs,
  dataFrames,
  pools,
  arrow,
  kysely,
  closing,
  wire,
];
