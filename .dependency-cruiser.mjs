/**
 * Who may import whom (DESIGN section 3). Run by tools/checks/boundaries.ts, which also fails when
 * nothing was cruised. Each rule says in its comment what it protects.
 *
 *   test -> everything; tools -> simulations -> node -> protocol -> nothing
 */

/** The floors of protocol/, top first. A room uses rooms of lower floors only. */
const protocolFloors = [
  ["wire"],
  ["documents"],
  ["folder"],
  ["routing", "jobs"],
  ["content"],
  ["records"],
  ["membership", "election"],
];

/** The floors of node/, top first. */
const nodeFloors = [["control"], ["sync"], ["folder", "jobs"], ["mesh"], ["records"], ["trust"]];

const pureOfNode = "^node/(?!adapters/|main\\.ts$)";
const simulatedWorld = "^simulations/(?!processes/)";

export default {
  forbidden: [
    // The houses.
    never("protocol-stands-alone", "what peers agree on depends on nothing that runs it", {
      from: "^protocol/",
      to: "^(node|simulations|tools|test)/",
    }),
    never("node-below-simulations-and-tools", "a peer knows neither its tools nor its simulations", {
      from: "^node/",
      to: "^(simulations|tools|test)/",
    }),
    never("simulations-below-tools", "a simulation is run by tools, not made of them", {
      from: "^simulations/",
      to: "^(tools|test)/",
    }),
    never("tools-without-tests", "what people run does not depend on its tests", { from: "^tools/", to: "^test/" }),

    // Adapters.
    never("ports-only", "only main.ts and adapters/ know an adapter; the rest sees ports", {
      from: pureOfNode,
      to: "^node/(adapters/|main\\.ts$)",
    }),
    never("adapters-below-the-peer", "an adapter serves ports, not the rooms that use them", {
      from: "^node/adapters/",
      to: "^node/(control|sync|folder|jobs|mesh|records|trust)/|^node/(main|peer)\\.ts$",
    }),
    never("fakes-only", "a simulated world touches no real one", { from: simulatedWorld, to: "^node/(adapters/|main\\.ts$)" }),

    // Node's own modules.
    {
      name: "protocol-is-pure",
      comment: "protocol/ touches no world; two files hash and sign",
      severity: "error",
      from: { path: "^protocol/", pathNot: "^protocol/(sha256|ed25519)\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "protocol-hashes-and-signs",
      comment: "sha256.ts and ed25519.ts use node:crypto and nothing else of Node",
      severity: "error",
      from: { path: "^protocol/(sha256|ed25519)\\.ts$" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    },
    {
      name: "node-reaches-the-world-through-ports",
      comment: "files, sockets, timers, threads and the machine are behind ports",
      severity: "error",
      from: { path: pureOfNode },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?assert(/strict)?$" },
    },
    {
      name: "simulations-reach-no-world",
      comment: "a simulated world computes; it reads no file and waits for nothing real",
      severity: "error",
      from: { path: simulatedWorld },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(assert(/strict)?|crypto|module|util|zlib)$" },
    },

    // Packages.
    packagesOf("packages-of-protocol", "^protocol/", ["multiformats"], "^protocol/(wire|documents)/"),
    packagesOf("packages-of-wire", "^protocol/wire/", ["protons-runtime", "uint8arraylist"], "^protocol/wire/generated/"),
    packagesOf("packages-of-codecs", "^protocol/wire/generated/", ["protons-runtime", "uint8arraylist", "uint8arrays"]),
    packagesOf("packages-of-documents", "^protocol/documents/", ["multiformats", "zod"]),
    packagesOf("packages-of-node", pureOfNode, ["multiformats", "zod", "yaml"]),
    packagesOf("packages-of-simulations", simulatedWorld, ["multiformats"]),
    never("generated-codecs-behind-wire", "bytes become messages in one place only", {
      from: "^(?!protocol/wire/|test/)",
      to: "^protocol/wire/generated/",
    }),

    // Floors.
    ...floors("protocol", protocolFloors),
    ...floors("node", nodeFloors),
    {
      name: "separate-nouns",
      comment: "membership, election, records and content never import each other",
      severity: "error",
      from: { path: "^protocol/(membership|election|records|content)/" },
      to: { path: "^protocol/(membership|election|records|content)/", pathNot: "^protocol/$1/" },
    },
    {
      name: "no-circles",
      comment: "what imports itself cannot be read from the bottom up",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "everything-resolves",
      comment: "an import that leads nowhere would escape every other rule",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|\\.cdmesh-demo)/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types", "default"] },
    builtInModules: { add: ["node:test", "node:sqlite", "node:sea"] },
  },
};

function never(name, comment, { from, to }) {
  return { name, comment, severity: "error", from: { path: from }, to: { path: to } };
}

/** One rule for each floor: no imports from floors above it, nor between rooms of one floor. */
function floors(house, order) {
  const rules = order.map((rooms, floor) => {
    const notBelow = order.slice(0, floor + 1).flat();
    return {
      name: `${house}-floor-${rooms.join("-and-")}`,
      comment: `in ${house}/ a room uses only rooms below it: ${order.map((names) => names.join(", ")).join(" > ")}`,
      severity: "error",
      from: { path: `^${house}/(${rooms.join("|")})/` },
      to: { path: `^${house}/(${notBelow.join("|")})/`, pathNot: `^${house}/$1/` },
    };
  });
  const ground = {
    name: `${house}-ground`,
    comment: `files directly in ${house}/ are the ground that its rooms stand on`,
    severity: "error",
    from: { path: `^${house}/(?!(main|peer|config)\\.ts$)[^/]+$` },
    to: { path: `^${house}/(${order.flat().join("|")})/` },
  };
  return [...rules, ground];
}

/** Of the packages of others, only these. */
function packagesOf(name, from, packages, except) {
  return {
    name,
    comment: `packages that may be used here: ${packages.join(", ")}`,
    severity: "error",
    from: { path: from, ...(except === undefined ? {} : { pathNot: except }) },
    to: { path: "^node_modules/", pathNot: `^node_modules/(${packages.join("|")})/` },
  };
}
