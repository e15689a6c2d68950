/** @typedef {import("./mutant.mjs").Mutant} Mutant */

const grpcError = "client/src/transport/grpc-error.ts";
const errors = "client/src/transport/grpc-error.test.ts";
const switches = "client/src/connection.switch.test.ts";
const bearer = "client/src/connection.bearer.test.ts";

/** @type {readonly Mutant[]} calls and what their failures mean */
export const transportMutants = [
  {
    rows: ["G11", "P14"],
    what: "any text that holds 456 is a switch",
    file: grpcError,
    find: "form.code === code && form.text.test(text)",
    replace: "/456/.test(text)",
    tests: [
      [errors, "leaves an SQL error alone whose text holds such words (gRPC code %i)"],
      [
        "client/src/connection.failure.test.ts",
        "reports an SQL error of %s in the engine's words, and clears what was prepared",
      ],
    ],
  },
  {
    rows: ["G11", "P15"],
    what: "an engine's own words for a switch are not known",
    file: grpcError,
    find: String.raw`text: /^(wrong strategy\. )?status: 456\b/i`,
    replace: "text: /^Status 456$/",
    tests: [
      [switches, "recognises a refusal %s", "in an engine's words"],
      [errors, "then a load balancer's words: %s %s"],
    ],
  },
  {
    rows: ["G11", "N3"],
    what: "a bare 456 is any failure",
    file: grpcError,
    find: "[456, mismatch],",
    replace: "",
    tests: [
      [errors, "then HTTP status %i", "456"],
      [bearer, "finds the active stack by a bare 456, at its %s", "prepareStatement"],
    ],
  },
  {
    rows: ["N3"],
    what: "a bare 503 is any failure",
    file: grpcError,
    find: "[503, suspended],",
    replace: "",
    tests: [
      [bearer, "wakes a suspended cluster by a bare 503, at its %s", "healthCheck"],
      [bearer, "wakes a suspended cluster by a bare 503, at its %s", "prepareStatement"],
    ],
  },
  {
    rows: ["P16"],
    what: "a failure without words has none of ours",
    file: grpcError,
    find: '(text || "the engine gave no reason")',
    replace: "text",
    tests: [[errors, "knows gRPC code %i without a word beside it"]],
  },
  {
    rows: ["N4"],
    what: "a call without a session names no stack",
    file: "client/src/transport/route-headers.ts",
    find: "routeHeaders({ cluster, strategy,",
    replace: "routeHeaders({ cluster, strategy: call.route?.session?.id ? strategy : undefined,",
    tests: [[bearer, "names the stack in every call, and stays there with a query whatever others learn meanwhile"]],
  },
  {
    rows: ["P29"],
    what: "each call leaves something behind",
    file: "client/src/transport/time-limit.ts",
    find: "      leaveOff();\n",
    replace: "",
    tests: [
      ["client/src/transport/time-limit.test.ts", "keeps no timer and no listener once the call has been answered"],
    ],
  },
  {
    rows: ["P31"],
    what: "the client writes to the console",
    file: "client/src/headers.ts",
    find: "const name = value?.trim().toLowerCase();",
    replace: "const name = value?.trim().toLowerCase();\n  if (name) console.warn(name);",
    tests: [
      ["client/src/connection.test.ts", "writes nothing anywhere, whatever happens: who wants a log asks for it"],
    ],
  },
  {
    rows: ["P32"],
    what: "the cluster is named by another header",
    file: "client/src/headers.ts",
    find: '"cluster-name"',
    replace: '"cluster-uuid"',
    tests: [
      [
        "client/src/transport/gateway-transport.test.ts",
        "leads a call to its cluster, its stack, its engine and its trace",
      ],
    ],
  },
  {
    rows: ["P33"],
    what: "the mock takes new work on any stack",
    file: "mock/src/deployment.ts",
    find: "return admits(state, arrival.stack, arrival.class) ? undefined : 456;",
    replace: "return undefined;",
    tests: [["mock/src/stack/manners.test.ts", "answers new work on the inactive stack with a bare 456"]],
  },
  {
    rows: ["P33"],
    what: "the mock does not read the stack that a call names",
    file: "mock/src/deployment.ts",
    find: "if (arrival.strategy !== undefined && parseStrategy(arrival.strategy) !== arrival.stack) return 456;",
    replace: "",
    tests: [["mock/src/stack/manners.test.ts", "answers a header that names the other stack with a bare 456"]],
  },
];
