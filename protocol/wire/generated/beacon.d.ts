import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface SealedBeacon {
    body: Uint8Array<ArrayBuffer>;
    signature: Uint8Array<ArrayBuffer>;
}
export declare namespace SealedBeacon {
    const codec: () => Codec<SealedBeacon>;
    interface SealedBeaconBodyFieldEvent {
        field: '$.body';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SealedBeaconSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<SealedBeacon>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SealedBeacon>): SealedBeacon;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SealedBeacon>): Generator<SealedBeaconBodyFieldEvent | SealedBeaconSignatureFieldEvent>;
}
export interface Beacon {
    site: Uint8Array<ArrayBuffer>;
    peer: Uint8Array<ArrayBuffer>;
    life: number;
    sequence: number;
    sealedAtMs: number;
    documentsDigest: Uint8Array<ArrayBuffer>;
    policyVersion: number;
    collections: CollectionSummary[];
    totalCount: number;
    totalDigest: Uint8Array<ArrayBuffer>;
    load?: Load;
    leaving: boolean;
}
export declare namespace Beacon {
    const codec: () => Codec<Beacon>;
    interface BeaconSiteFieldEvent {
        field: '$.site';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BeaconPeerFieldEvent {
        field: '$.peer';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BeaconLifeFieldEvent {
        field: '$.life';
        value: number;
    }
    interface BeaconSequenceFieldEvent {
        field: '$.sequence';
        value: number;
    }
    interface BeaconSealedAtMsFieldEvent {
        field: '$.sealedAtMs';
        value: number;
    }
    interface BeaconDocumentsDigestFieldEvent {
        field: '$.documentsDigest';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BeaconPolicyVersionFieldEvent {
        field: '$.policyVersion';
        value: number;
    }
    interface BeaconCollectionsCollectionFieldEvent {
        field: '$.collections[].collection';
        value: string;
        index: number;
    }
    interface BeaconCollectionsContextDigestFieldEvent {
        field: '$.collections[].contextDigest';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface BeaconCollectionsCountFieldEvent {
        field: '$.collections[].count';
        value: number;
        index: number;
    }
    interface BeaconCollectionsSumFieldEvent {
        field: '$.collections[].sum';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface BeaconCollectionsStateFieldEvent {
        field: '$.collections[].state';
        value: number;
        index: number;
    }
    interface BeaconCollectionsMissingFilesFieldEvent {
        field: '$.collections[].missingFiles';
        value: number;
        index: number;
    }
    interface BeaconCollectionsMissingBytesFieldEvent {
        field: '$.collections[].missingBytes';
        value: number;
        index: number;
    }
    interface BeaconCollectionsBlockedFilesFieldEvent {
        field: '$.collections[].blockedFiles';
        value: number;
        index: number;
    }
    interface BeaconCollectionsHeldBackFieldEvent {
        field: '$.collections[].heldBack';
        value: number;
        index: number;
    }
    interface BeaconTotalCountFieldEvent {
        field: '$.totalCount';
        value: number;
    }
    interface BeaconTotalDigestFieldEvent {
        field: '$.totalDigest';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BeaconLoadCpuPerMilleFieldEvent {
        field: '$.load.cpuPerMille';
        value: number;
    }
    interface BeaconLoadMemoryBytesFreeFieldEvent {
        field: '$.load.memoryBytesFree';
        value: number;
    }
    interface BeaconLoadMemoryBytesTotalFieldEvent {
        field: '$.load.memoryBytesTotal';
        value: number;
    }
    interface BeaconLoadProcessBytesFieldEvent {
        field: '$.load.processBytes';
        value: number;
    }
    interface BeaconLoadEventLoopDelayMsFieldEvent {
        field: '$.load.eventLoopDelayMs';
        value: number;
    }
    interface BeaconLeavingFieldEvent {
        field: '$.leaving';
        value: boolean;
    }
    function encode(obj: Partial<Beacon>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Beacon>): Beacon;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Beacon>): Generator<BeaconSiteFieldEvent | BeaconPeerFieldEvent | BeaconLifeFieldEvent | BeaconSequenceFieldEvent | BeaconSealedAtMsFieldEvent | BeaconDocumentsDigestFieldEvent | BeaconPolicyVersionFieldEvent | BeaconCollectionsCollectionFieldEvent | BeaconCollectionsContextDigestFieldEvent | BeaconCollectionsCountFieldEvent | BeaconCollectionsSumFieldEvent | BeaconCollectionsStateFieldEvent | BeaconCollectionsMissingFilesFieldEvent | BeaconCollectionsMissingBytesFieldEvent | BeaconCollectionsBlockedFilesFieldEvent | BeaconCollectionsHeldBackFieldEvent | BeaconTotalCountFieldEvent | BeaconTotalDigestFieldEvent | BeaconLoadCpuPerMilleFieldEvent | BeaconLoadMemoryBytesFreeFieldEvent | BeaconLoadMemoryBytesTotalFieldEvent | BeaconLoadProcessBytesFieldEvent | BeaconLoadEventLoopDelayMsFieldEvent | BeaconLeavingFieldEvent>;
}
export interface CollectionSummary {
    collection: string;
    contextDigest: Uint8Array<ArrayBuffer>;
    count: number;
    sum: Uint8Array<ArrayBuffer>;
    state: number;
    missingFiles: number;
    missingBytes: number;
    blockedFiles: number;
    heldBack: number;
}
export declare namespace CollectionSummary {
    const codec: () => Codec<CollectionSummary>;
    interface CollectionSummaryCollectionFieldEvent {
        field: '$.collection';
        value: string;
    }
    interface CollectionSummaryContextDigestFieldEvent {
        field: '$.contextDigest';
        value: Uint8Array<ArrayBuffer>;
    }
    interface CollectionSummaryCountFieldEvent {
        field: '$.count';
        value: number;
    }
    interface CollectionSummarySumFieldEvent {
        field: '$.sum';
        value: Uint8Array<ArrayBuffer>;
    }
    interface CollectionSummaryStateFieldEvent {
        field: '$.state';
        value: number;
    }
    interface CollectionSummaryMissingFilesFieldEvent {
        field: '$.missingFiles';
        value: number;
    }
    interface CollectionSummaryMissingBytesFieldEvent {
        field: '$.missingBytes';
        value: number;
    }
    interface CollectionSummaryBlockedFilesFieldEvent {
        field: '$.blockedFiles';
        value: number;
    }
    interface CollectionSummaryHeldBackFieldEvent {
        field: '$.heldBack';
        value: number;
    }
    function encode(obj: Partial<CollectionSummary>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CollectionSummary>): CollectionSummary;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CollectionSummary>): Generator<CollectionSummaryCollectionFieldEvent | CollectionSummaryContextDigestFieldEvent | CollectionSummaryCountFieldEvent | CollectionSummarySumFieldEvent | CollectionSummaryStateFieldEvent | CollectionSummaryMissingFilesFieldEvent | CollectionSummaryMissingBytesFieldEvent | CollectionSummaryBlockedFilesFieldEvent | CollectionSummaryHeldBackFieldEvent>;
}
export interface Load {
    cpuPerMille: number;
    memoryBytesFree: number;
    memoryBytesTotal: number;
    processBytes: number;
    eventLoopDelayMs: number;
}
export declare namespace Load {
    const codec: () => Codec<Load>;
    interface LoadCpuPerMilleFieldEvent {
        field: '$.cpuPerMille';
        value: number;
    }
    interface LoadMemoryBytesFreeFieldEvent {
        field: '$.memoryBytesFree';
        value: number;
    }
    interface LoadMemoryBytesTotalFieldEvent {
        field: '$.memoryBytesTotal';
        value: number;
    }
    interface LoadProcessBytesFieldEvent {
        field: '$.processBytes';
        value: number;
    }
    interface LoadEventLoopDelayMsFieldEvent {
        field: '$.eventLoopDelayMs';
        value: number;
    }
    function encode(obj: Partial<Load>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Load>): Load;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Load>): Generator<LoadCpuPerMilleFieldEvent | LoadMemoryBytesFreeFieldEvent | LoadMemoryBytesTotalFieldEvent | LoadProcessBytesFieldEvent | LoadEventLoopDelayMsFieldEvent>;
}
