/**
 * A limit on everything that a peer can send or hold, with its reason.
 *
 * Numbers marked "format" are part of the wire format: changing them is a new major version.
 * The others are choices that were measured or reasoned and may be measured again.
 */

const kib = 1024;
const mib = 1024 * kib;

export const limits = {
  // Records.
  /** Format (FORMATS 5): a batch fits one frame with room for its proof. */
  batchRecordsMax: 256,
  /** Format (FORMATS 5). */
  batchBytesMax: 60 * kib,
  /** Format: 270 bytes, and room for fields of later versions. */
  batchHeaderBytesMax: kib,
  /** One record: the longest path twice (key and move), a vector, and room for unknown kinds. */
  recordBytesMax: 16 * kib,
  /**
   * A vector has 1 to 3 entries even with 500 peers (ALGORITHMS 1). So many writers of one key before
   * all have acknowledged them fit a record beside the longest path twice; more cannot be said.
   */
  vectorEntriesMax: 128,
  /** Up to here causes stay whole; above, what everybody has seen superseded is left out. */
  vectorEntriesKept: 16,
  /** Sequence numbers, versions and times stay exact in a double. */
  integerMax: Number.MAX_SAFE_INTEGER,
  /** Writers per collection that a context may name: 500 peers through 8 lives each. */
  contextWritersMax: 4096,
  /** Writers of one peer in a collection: one for each time that it lost its store or came back alone. */
  contextWritersPerPeerMax: 512,
  /** One answer of the anti-entropy is filled up to this (ALGORITHMS 1). */
  deltaBytesMax: 256 * kib,
  /** And taken up to this: one batch with its proof may stand behind the mark, and two floors over 4,096 writers. */
  deltaAnswerBytesMax: 768 * kib,
  /** Buckets that one question of an audit may name; 64 answers of 16 children are 40 KiB. */
  auditPrefixesMax: 64,
  /** Up to so many versions, a subtree of buckets is compared whole: its records fit about one answer. */
  auditCompareMax: 64,
  /** Records ride along in the gossiped head only if they fit in this (FORMATS 7). */
  headRecordsBytesMax: kib,
  /** Writers that one acknowledgement names: what fits a record with 14 bytes each. */
  acknowledgedWritersMax: 1_024,
  /** A member acknowledges a collection at most so often in a small site, and in a large one so often for each member. */
  acknowledgeMs: 3_600_000,
  acknowledgeMsPerMember: 150_000,
  /** No tombstone goes younger than a day: about 24 audits have found by then whom a delete was withheld from. */
  tombstoneAgeMsMin: 86_400_000,
  /** Versions in doubt of which a peer remembers who spoke for or against them; the next audit brings the others. */
  doubtsMax: 65_536,
  /** Collections in one exchange. */
  exchangeCollectionsMax: 1024,

  // Network.
  /** Beyond 4 MiB gossipsub publishes to nobody, silently (LIBP2P h); ours is far below. */
  gossipBytesMax: 64 * kib,
  /** One request or answer on a stream: a block of 1 MiB and its framing. */
  messageBytesMax: mib + 64 * kib,
  /** Bytes of chunks in one answer (ALGORITHMS 4). */
  contentAnswerBytesMax: mib,
  /** Names in one request for content: 512 small files of 2 KiB fill an answer. */
  contentNamesMax: 512,
  /** Requests that wait for an answer from one peer at a time, for each protocol (ALGORITHMS 4). */
  requestsOutstandingMax: 8,
  /** Requests of one peer that are served at a time, for all protocols together. */
  requestsServedPerPeerMax: 32,
  /** A stream waits this long for the hello of its connection, then the connection closes (FORMATS 27). */
  helloTimeoutMs: 5_000,
  helloBytesMax: 64 * kib,
  /** What a peer says about its refusal, in characters: a line of a log. */
  refusalDetailLengthMax: 1_024,
  topicsMax: 1024,

  // Documents (ALGORITHMS 5).
  licenseBytesMax: 16 * kib,
  policyBytesMax: mib,
  /** One revocation of 500 seats with a few writers each, and room. */
  revocationsBytesMax: mib,
  /** All erasures that one record carries: a long path, a vector, a few signatures. Room is left for the rest of the record. */
  erasureBytesMax: 8 * kib,
  documentVersionJumpMax: 1_000,
  documentsMax: 8_192,
  /** All signed documents are held in memory: 8,192 licenses or 64 of the largest policies. */
  documentsBytesMax: 64 * mib,
  signaturesPerEnvelopeMax: 16,
  administratorsMax: 16,
  rolesPerLicenseMax: 32,
  placeNameCharactersMax: 64,
  policyFoldersMax: 1_024,
  policyHoldersMax: 256,
  /** Documents that one announcement names; more are found by comparing lists. */
  documentsAnnouncedMax: 64,
  documentsPerRequestMax: 256,
  /** Hello names its program, for logs. */
  agentCharactersMax: 128,
  /** Room in hello for a later protocol of unlicensed peers (FORMATS 27). */
  enrolmentBytesMax: 16 * kib,

  // Content (format, FORMATS 12: frozen in algorithm id 1).
  chunkBytesMin: 16 * kib,
  /** Up to here a cut is rare, behind it likely: chunks of random bytes then have 63.5 KiB on average (measured). */
  chunkBytesNormal: 52 * kib,
  chunkBytesMax: 256 * kib,
  /** Below it a page has no end but that of the list; with the rule for ends pages have 128 entries on average. */
  manifestPageEntriesMin: 32,
  manifestPageEntriesMax: 512,
  /** Pages of 32 entries and chunks of 16 KiB reach beyond 2^53 bytes with so many levels. */
  manifestLevelsMax: 8,
  /**
   * Format: blocks of a patch. Of 64 KiB that were overwritten somewhere 512 B and 2 KiB cost 5 to 10 kB more in
   * 16 places: smaller ones in their list, larger ones at their ends.
   */
  patchBlockBytes: kib,
  /** Files up to this size travel whole, many to an answer (ALGORITHMS 4). */
  smallFileBytesMax: 32 * kib,
  /** A file of 8 EiB minus one is more than any file system holds; sizes stay exact in a double. */
  fileBytesMax: Number.MAX_SAFE_INTEGER,

  // Paths (format, FORMATS 16).
  pathPartBytesMax: 255,
  pathBytesMax: 4_096,

  // Members.
  addressesPerPeerMax: 16,
  addressBytesMax: 256,
  /** The encoded record of a peer's addresses: all of them, with room for fields of later versions. */
  addressRecordBytesMax: 8 * kib,
  /** How often a peer looks whether its own addresses have changed. */
  addressCheckMs: 5_000,
  /** Lines with an address in one seed list: any one is enough, a thousand is a mistake. */
  seedsMax: 1_024,
  /** Everybody is connected to everybody up to here; above, neighbours are picked (LIBP2P, topology). */
  fullMeshPeersMax: 100,
  /** Members of the own group to stay connected to, above that. */
  groupNeighboursMax: 32,
  /** Gateways of a group or region, and of how many of the others each of them links to (LIBP2P, topology). */
  gatewaysPerPlace: 3,
  gatewayLinksMax: 32,
  /** Far peers picked by hash that keep the mesh in one piece when gateways die: 2 is the least, 4 was wanted. */
  randomNeighbours: 4,

  // Beacons.
  /** One beacon with its signature: about 25 folders; a typical one with three has about 600 B. */
  beaconBytesMax: 4 * kib,
  /** Summaries that a received beacon may name; far above what fits with digests. */
  beaconCollectionsMax: 128,
  /** Between two beacons of a peer in a small mesh (DESIGN 8). */
  beaconMs: 2_000,
  /** In a large mesh the period grows by this for each member: 100 peers at 2 s, 500 at 10 s (LIBP2P, topology). */
  beaconMsPerMember: 20,
  /** The period varies by this part of it, either way, so that peers do not speak in chorus. */
  beaconJitter: 0.1,
  /** Beacons of one peer that come closer than this are dropped before their signature is checked. */
  beaconGapMsMin: 100,
  /** Silence of so many periods is three missed beacons, jitter and delay counted in. */
  suspectAfterBeacons: 3.5,
  /** Silence of so many periods, 20 s in a small mesh. Replaced by probes and suspicion later. */
  deadAfterBeacons: 10,
  /** How often silence is judged. */
  presenceTickMs: 1_000,
  /** Paths of a folder compared in one step of a verification, and the bytes that name them. */
  verifyItemsMax: 512,
  verifyBytesMax: 512 * kib,
  /** Content that is read again in one step of a deep verification, one file at least. */
  verifyDeepBytesMax: 64 * mib,
  /** A clock that differs by more than this is told to the operator; nothing else depends on it (FORMATS 6). */
  clockOffMs: 60_000,
} as const;
