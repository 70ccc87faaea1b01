/**
 * Every setting of libp2p that is not its default, and why. The letters are the rows of LIBP2P, the
 * table of what was measured of js-libp2p; check them again at each upgrade.
 */

import type { GossipsubOpts } from "@chainsafe/libp2p-gossipsub";
import { StrictNoSign } from "@chainsafe/libp2p-gossipsub";
import { noise } from "@chainsafe/libp2p-noise";
import type { ConnectionGater, PrivateKey } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import type { Libp2pOptions } from "libp2p";
import { limits } from "../../../protocol/limits.ts";
import { sha256 } from "../../../protocol/sha256.ts";

const kib = 1_024;
const mib = 1_024 * kib;

/** Streams of one peer at a time: its requests of some 8 protocols, gossip, hello and ping, and some being reset. */
const inboundStreamsMax = 96;

export interface HostSettings {
  readonly privateKey: PrivateKey;
  /** Multiaddrs. */
  readonly listen: readonly string[];
  readonly gater: ConnectionGater;
}

export function hostSettings({ privateKey, listen, gater }: HostSettings): Omit<Libp2pOptions, "services"> {
  return {
    privateKey,
    start: false,
    addresses: { listen: [...listen] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: inboundStreamsMax,
        // g: credit is given on receipt, so the window is what a peer can have on its way to us.
        streamOptions: { maxStreamWindowSize: mib },
      }),
    ],
    connectionGater: gater,
    connectionManager: {
      maxConnections: 1_024,
      // e: by default 5 of 40 dials at once from one address are accepted.
      inboundConnectionThreshold: 200,
      maxIncomingPendingConnections: 200,
      // d: our own dialer does this, and better.
      reconnectRetries: 0,
      // The dialer gives addresses best first.
      addressSorter: () => 0,
      addressDialTimeout: 5_000,
    },
    // c: a busy event loop is not a dead link. The watchdog pings with more patience.
    connectionMonitor: { enabled: false },
  };
}

export interface GossipSettings {
  /** Of a peer, as libp2p prints it; below zero is bad. */
  readonly scoreOf: (peer: string) => number;
  readonly isSubscribed: (topic: string) => boolean;
}

export function gossipSettings({ scoreOf, isSubscribed }: GossipSettings): Partial<GossipsubOpts> {
  return {
    // k: payloads carry their own signatures; libp2p's would be checked for every duplicate.
    globalSignaturePolicy: StrictNoSign,
    // The topic is in it: equal bytes on two topics are two messages. Short, for thousands may be in one IHAVE.
    msgIdFn: ({ topic, data }) => sha256(new TextEncoder().encode(`${topic}\0`), data).subarray(0, 20),
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    fallbackToFloodsub: false,
    doPX: false,
    // `allowedTopics` is no use: the library copies the list, and forgets for good who subscribes to
    // a topic that we join later. Messages of foreign topics are dropped here before they are hashed.
    dataTransform: {
      inboundTransform: (topic, data) => {
        if (!isSubscribed(topic)) throw new Error("not subscribed");
        return data;
      },
      outboundTransform: (_topic, data) => data,
    },
    // Each topic of a peer counts its length and 1 KiB.
    maxTopicBytesPerPeer: 2 * limits.topicsMax * kib,
    // Tags are for libp2p's choice of connections to close, which nothing here leaves to it.
    tagMeshPeers: false,
    maxInboundStreams: 4,
    maxOutboundStreams: 4,
    // i: a slow peer's stream is reset at this, and the watchdog mends it (b).
    maxOutboundBufferSize: 8 * mib,
    // One answer to IWANT carries all messages asked for, and one byte above this ends gossip with
    // that peer (b). 256 KiB would be four of the largest.
    maxInboundDataLength: mib,
    // c: a peer that was busy for some seconds keeps its word late.
    gossipsubIWantFollowupMs: 12_000,
    scoreParams: {
      // a: 13 peers behind one address would all be below zero.
      IPColocationFactorWeight: 0,
      behaviourPenaltyThreshold: 6,
      // j: no topic is scored, so quiet topics are not punished.
      topics: {},
      appSpecificScore: scoreOf,
      appSpecificWeight: 10,
    },
  };
}
