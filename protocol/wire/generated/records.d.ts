import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Record {
    kind: number;
    key: Uint8Array<ArrayBuffer>;
    tombstone: boolean;
    payload: Uint8Array<ArrayBuffer>;
    ownCause: number;
    causes: Uint8Array<ArrayBuffer>;
    spared: Uint8Array<ArrayBuffer>;
}
export declare namespace Record {
    const codec: () => Codec<Record>;
    interface RecordKindFieldEvent {
        field: '$.kind';
        value: number;
    }
    interface RecordKeyFieldEvent {
        field: '$.key';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RecordTombstoneFieldEvent {
        field: '$.tombstone';
        value: boolean;
    }
    interface RecordPayloadFieldEvent {
        field: '$.payload';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RecordOwnCauseFieldEvent {
        field: '$.ownCause';
        value: number;
    }
    interface RecordCausesFieldEvent {
        field: '$.causes';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RecordSparedFieldEvent {
        field: '$.spared';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<Record>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Record;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Generator<RecordKindFieldEvent | RecordKeyFieldEvent | RecordTombstoneFieldEvent | RecordPayloadFieldEvent | RecordOwnCauseFieldEvent | RecordCausesFieldEvent | RecordSparedFieldEvent>;
}
export interface BatchHeader {
    site: Uint8Array<ArrayBuffer>;
    collection: Uint8Array<ArrayBuffer>;
    writer: Uint8Array<ArrayBuffer>;
    first: number;
    count: number;
    policyVersion: number;
    sealedAtMs: number;
    root: Uint8Array<ArrayBuffer>;
}
export declare namespace BatchHeader {
    const codec: () => Codec<BatchHeader>;
    interface BatchHeaderSiteFieldEvent {
        field: '$.site';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchHeaderCollectionFieldEvent {
        field: '$.collection';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchHeaderWriterFieldEvent {
        field: '$.writer';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchHeaderFirstFieldEvent {
        field: '$.first';
        value: number;
    }
    interface BatchHeaderCountFieldEvent {
        field: '$.count';
        value: number;
    }
    interface BatchHeaderPolicyVersionFieldEvent {
        field: '$.policyVersion';
        value: number;
    }
    interface BatchHeaderSealedAtMsFieldEvent {
        field: '$.sealedAtMs';
        value: number;
    }
    interface BatchHeaderRootFieldEvent {
        field: '$.root';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<BatchHeader>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BatchHeader>): BatchHeader;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BatchHeader>): Generator<BatchHeaderSiteFieldEvent | BatchHeaderCollectionFieldEvent | BatchHeaderWriterFieldEvent | BatchHeaderFirstFieldEvent | BatchHeaderCountFieldEvent | BatchHeaderPolicyVersionFieldEvent | BatchHeaderSealedAtMsFieldEvent | BatchHeaderRootFieldEvent>;
}
export interface BatchHead {
    header: Uint8Array<ArrayBuffer>;
    signature: Uint8Array<ArrayBuffer>;
}
export declare namespace BatchHead {
    const codec: () => Codec<BatchHead>;
    interface BatchHeadHeaderFieldEvent {
        field: '$.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchHeadSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<BatchHead>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BatchHead>): BatchHead;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BatchHead>): Generator<BatchHeadHeaderFieldEvent | BatchHeadSignatureFieldEvent>;
}
export interface BatchPart {
    head?: BatchHead;
    live: Uint8Array<ArrayBuffer>;
    records: Uint8Array<ArrayBuffer>[];
    dead: Uint8Array<ArrayBuffer>;
}
export declare namespace BatchPart {
    const codec: () => Codec<BatchPart>;
    interface BatchPartHeadHeaderFieldEvent {
        field: '$.head.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchPartHeadSignatureFieldEvent {
        field: '$.head.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchPartLiveFieldEvent {
        field: '$.live';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchPartRecordsFieldEvent {
        field: '$.records[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchPartDeadFieldEvent {
        field: '$.dead';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<BatchPart>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BatchPart>): BatchPart;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BatchPart>): Generator<BatchPartHeadHeaderFieldEvent | BatchPartHeadSignatureFieldEvent | BatchPartLiveFieldEvent | BatchPartRecordsFieldEvent | BatchPartDeadFieldEvent>;
}
export interface CollectionDigest {
    collection: Uint8Array<ArrayBuffer>;
    context: Uint8Array<ArrayBuffer>;
    count: number;
    sum: Uint8Array<ArrayBuffer>;
}
export declare namespace CollectionDigest {
    const codec: () => Codec<CollectionDigest>;
    interface CollectionDigestCollectionFieldEvent {
        field: '$.collection';
        value: Uint8Array<ArrayBuffer>;
    }
    interface CollectionDigestContextFieldEvent {
        field: '$.context';
        value: Uint8Array<ArrayBuffer>;
    }
    interface CollectionDigestCountFieldEvent {
        field: '$.count';
        value: number;
    }
    interface CollectionDigestSumFieldEvent {
        field: '$.sum';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<CollectionDigest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CollectionDigest>): CollectionDigest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CollectionDigest>): Generator<CollectionDigestCollectionFieldEvent | CollectionDigestContextFieldEvent | CollectionDigestCountFieldEvent | CollectionDigestSumFieldEvent>;
}
export interface RecordsRequest {
    digests?: DigestsRequest;
    delta?: DeltaRequest;
    writer?: WriterRequest;
    buckets?: BucketsRequest;
    siblings?: SiblingsRequest;
}
export declare namespace RecordsRequest {
    const codec: () => Codec<RecordsRequest>;
    interface RecordsRequestDigestsCollectionsCollectionFieldEvent {
        field: '$.digests.collections[].collection';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface RecordsRequestDigestsCollectionsContextFieldEvent {
        field: '$.digests.collections[].context';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface RecordsRequestDigestsCollectionsCountFieldEvent {
        field: '$.digests.collections[].count';
        value: number;
        index: number;
    }
    interface RecordsRequestDigestsCollectionsSumFieldEvent {
        field: '$.digests.collections[].sum';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface RecordsRequestDeltaCollectionFieldEvent {
        field: '$.delta.collection';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RecordsRequestDeltaContextFieldEvent {
        field: '$.delta.context';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RecordsRequestDeltaSkipFieldEvent {
        field: '$.delta.skip';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RecordsRequestWriterWriterFieldEvent {
        field: '$.writer.writer';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RecordsRequestBucketsCollectionFieldEvent {
        field: '$.buckets.collection';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RecordsRequestBucketsPrefixesFieldEvent {
        field: '$.buckets.prefixes[]';
        index: number;
        value: string;
    }
    interface RecordsRequestSiblingsCollectionFieldEvent {
        field: '$.siblings.collection';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RecordsRequestSiblingsPrefixesFieldEvent {
        field: '$.siblings.prefixes[]';
        index: number;
        value: string;
    }
    interface RecordsRequestSiblingsAfterFieldEvent {
        field: '$.siblings.after';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<RecordsRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RecordsRequest>): RecordsRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RecordsRequest>): Generator<RecordsRequestDigestsCollectionsCollectionFieldEvent | RecordsRequestDigestsCollectionsContextFieldEvent | RecordsRequestDigestsCollectionsCountFieldEvent | RecordsRequestDigestsCollectionsSumFieldEvent | RecordsRequestDeltaCollectionFieldEvent | RecordsRequestDeltaContextFieldEvent | RecordsRequestDeltaSkipFieldEvent | RecordsRequestWriterWriterFieldEvent | RecordsRequestBucketsCollectionFieldEvent | RecordsRequestBucketsPrefixesFieldEvent | RecordsRequestSiblingsCollectionFieldEvent | RecordsRequestSiblingsPrefixesFieldEvent | RecordsRequestSiblingsAfterFieldEvent>;
}
export interface DigestsRequest {
    collections: CollectionDigest[];
}
export declare namespace DigestsRequest {
    const codec: () => Codec<DigestsRequest>;
    interface DigestsRequestCollectionsCollectionFieldEvent {
        field: '$.collections[].collection';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DigestsRequestCollectionsContextFieldEvent {
        field: '$.collections[].context';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DigestsRequestCollectionsCountFieldEvent {
        field: '$.collections[].count';
        value: number;
        index: number;
    }
    interface DigestsRequestCollectionsSumFieldEvent {
        field: '$.collections[].sum';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    function encode(obj: Partial<DigestsRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DigestsRequest>): DigestsRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DigestsRequest>): Generator<DigestsRequestCollectionsCollectionFieldEvent | DigestsRequestCollectionsContextFieldEvent | DigestsRequestCollectionsCountFieldEvent | DigestsRequestCollectionsSumFieldEvent>;
}
export interface DigestsAnswer {
    standings: Uint8Array<ArrayBuffer>;
    differing: CollectionDigest[];
}
export declare namespace DigestsAnswer {
    const codec: () => Codec<DigestsAnswer>;
    interface DigestsAnswerStandingsFieldEvent {
        field: '$.standings';
        value: Uint8Array<ArrayBuffer>;
    }
    interface DigestsAnswerDifferingCollectionFieldEvent {
        field: '$.differing[].collection';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DigestsAnswerDifferingContextFieldEvent {
        field: '$.differing[].context';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DigestsAnswerDifferingCountFieldEvent {
        field: '$.differing[].count';
        value: number;
        index: number;
    }
    interface DigestsAnswerDifferingSumFieldEvent {
        field: '$.differing[].sum';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    function encode(obj: Partial<DigestsAnswer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DigestsAnswer>): DigestsAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DigestsAnswer>): Generator<DigestsAnswerStandingsFieldEvent | DigestsAnswerDifferingCollectionFieldEvent | DigestsAnswerDifferingContextFieldEvent | DigestsAnswerDifferingCountFieldEvent | DigestsAnswerDifferingSumFieldEvent>;
}
export interface DeltaRequest {
    collection: Uint8Array<ArrayBuffer>;
    context: Uint8Array<ArrayBuffer>;
    skip: Uint8Array<ArrayBuffer>;
}
export declare namespace DeltaRequest {
    const codec: () => Codec<DeltaRequest>;
    interface DeltaRequestCollectionFieldEvent {
        field: '$.collection';
        value: Uint8Array<ArrayBuffer>;
    }
    interface DeltaRequestContextFieldEvent {
        field: '$.context';
        value: Uint8Array<ArrayBuffer>;
    }
    interface DeltaRequestSkipFieldEvent {
        field: '$.skip';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<DeltaRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeltaRequest>): DeltaRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeltaRequest>): Generator<DeltaRequestCollectionFieldEvent | DeltaRequestContextFieldEvent | DeltaRequestSkipFieldEvent>;
}
export interface DeltaAnswer {
    writers: WriterDelta[];
    forks: Fork[];
    more: boolean;
    floor: Uint8Array<ArrayBuffer>;
    goal: Uint8Array<ArrayBuffer>;
}
export declare namespace DeltaAnswer {
    const codec: () => Codec<DeltaAnswer>;
    interface DeltaAnswerWritersBatchesHeadHeaderFieldEvent {
        field: '$.writers[].batches[].head.header';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerWritersBatchesHeadSignatureFieldEvent {
        field: '$.writers[].batches[].head.signature';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerWritersBatchesLiveFieldEvent {
        field: '$.writers[].batches[].live';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerWritersBatchesRecordsFieldEvent {
        field: '$.writers[].batches[].records[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface DeltaAnswerWritersBatchesDeadFieldEvent {
        field: '$.writers[].batches[].dead';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerWritersTailHeaderFieldEvent {
        field: '$.writers[].tail.header';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerWritersTailSignatureFieldEvent {
        field: '$.writers[].tail.signature';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerForksOneHeaderFieldEvent {
        field: '$.forks[].one.header';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerForksOneSignatureFieldEvent {
        field: '$.forks[].one.signature';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerForksOtherHeaderFieldEvent {
        field: '$.forks[].other.header';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerForksOtherSignatureFieldEvent {
        field: '$.forks[].other.signature';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DeltaAnswerMoreFieldEvent {
        field: '$.more';
        value: boolean;
    }
    interface DeltaAnswerFloorFieldEvent {
        field: '$.floor';
        value: Uint8Array<ArrayBuffer>;
    }
    interface DeltaAnswerGoalFieldEvent {
        field: '$.goal';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<DeltaAnswer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeltaAnswer>): DeltaAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeltaAnswer>): Generator<DeltaAnswerWritersBatchesHeadHeaderFieldEvent | DeltaAnswerWritersBatchesHeadSignatureFieldEvent | DeltaAnswerWritersBatchesLiveFieldEvent | DeltaAnswerWritersBatchesRecordsFieldEvent | DeltaAnswerWritersBatchesDeadFieldEvent | DeltaAnswerWritersTailHeaderFieldEvent | DeltaAnswerWritersTailSignatureFieldEvent | DeltaAnswerForksOneHeaderFieldEvent | DeltaAnswerForksOneSignatureFieldEvent | DeltaAnswerForksOtherHeaderFieldEvent | DeltaAnswerForksOtherSignatureFieldEvent | DeltaAnswerMoreFieldEvent | DeltaAnswerFloorFieldEvent | DeltaAnswerGoalFieldEvent>;
}
export interface WriterDelta {
    batches: BatchPart[];
    tail?: BatchHead;
}
export declare namespace WriterDelta {
    const codec: () => Codec<WriterDelta>;
    interface WriterDeltaBatchesHeadHeaderFieldEvent {
        field: '$.batches[].head.header';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface WriterDeltaBatchesHeadSignatureFieldEvent {
        field: '$.batches[].head.signature';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface WriterDeltaBatchesLiveFieldEvent {
        field: '$.batches[].live';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface WriterDeltaBatchesRecordsFieldEvent {
        field: '$.batches[].records[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface WriterDeltaBatchesDeadFieldEvent {
        field: '$.batches[].dead';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface WriterDeltaTailHeaderFieldEvent {
        field: '$.tail.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface WriterDeltaTailSignatureFieldEvent {
        field: '$.tail.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<WriterDelta>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterDelta>): WriterDelta;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterDelta>): Generator<WriterDeltaBatchesHeadHeaderFieldEvent | WriterDeltaBatchesHeadSignatureFieldEvent | WriterDeltaBatchesLiveFieldEvent | WriterDeltaBatchesRecordsFieldEvent | WriterDeltaBatchesDeadFieldEvent | WriterDeltaTailHeaderFieldEvent | WriterDeltaTailSignatureFieldEvent>;
}
export interface Fork {
    one?: BatchHead;
    other?: BatchHead;
}
export declare namespace Fork {
    const codec: () => Codec<Fork>;
    interface ForkOneHeaderFieldEvent {
        field: '$.one.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface ForkOneSignatureFieldEvent {
        field: '$.one.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    interface ForkOtherHeaderFieldEvent {
        field: '$.other.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface ForkOtherSignatureFieldEvent {
        field: '$.other.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<Fork>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Fork>): Fork;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Fork>): Generator<ForkOneHeaderFieldEvent | ForkOneSignatureFieldEvent | ForkOtherHeaderFieldEvent | ForkOtherSignatureFieldEvent>;
}
export interface WriterRequest {
    writer: Uint8Array<ArrayBuffer>;
}
export declare namespace WriterRequest {
    const codec: () => Codec<WriterRequest>;
    interface WriterRequestWriterFieldEvent {
        field: '$.writer';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<WriterRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterRequest>): WriterRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterRequest>): Generator<WriterRequestWriterFieldEvent>;
}
export interface WriterAnswer {
    collections: WriterStanding[];
}
export declare namespace WriterAnswer {
    const codec: () => Codec<WriterAnswer>;
    interface WriterAnswerCollectionsCollectionFieldEvent {
        field: '$.collections[].collection';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface WriterAnswerCollectionsSequenceFieldEvent {
        field: '$.collections[].sequence';
        value: number;
        index: number;
    }
    function encode(obj: Partial<WriterAnswer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterAnswer>): WriterAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterAnswer>): Generator<WriterAnswerCollectionsCollectionFieldEvent | WriterAnswerCollectionsSequenceFieldEvent>;
}
export interface WriterStanding {
    collection: Uint8Array<ArrayBuffer>;
    sequence: number;
}
export declare namespace WriterStanding {
    const codec: () => Codec<WriterStanding>;
    interface WriterStandingCollectionFieldEvent {
        field: '$.collection';
        value: Uint8Array<ArrayBuffer>;
    }
    interface WriterStandingSequenceFieldEvent {
        field: '$.sequence';
        value: number;
    }
    function encode(obj: Partial<WriterStanding>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterStanding>): WriterStanding;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterStanding>): Generator<WriterStandingCollectionFieldEvent | WriterStandingSequenceFieldEvent>;
}
export interface BucketsRequest {
    collection: Uint8Array<ArrayBuffer>;
    prefixes: string[];
}
export declare namespace BucketsRequest {
    const codec: () => Codec<BucketsRequest>;
    interface BucketsRequestCollectionFieldEvent {
        field: '$.collection';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BucketsRequestPrefixesFieldEvent {
        field: '$.prefixes[]';
        index: number;
        value: string;
    }
    function encode(obj: Partial<BucketsRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BucketsRequest>): BucketsRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BucketsRequest>): Generator<BucketsRequestCollectionFieldEvent | BucketsRequestPrefixesFieldEvent>;
}
export interface BucketsAnswer {
    context: Uint8Array<ArrayBuffer>;
    fingerprints: Uint8Array<ArrayBuffer>;
    unsure: boolean;
}
export declare namespace BucketsAnswer {
    const codec: () => Codec<BucketsAnswer>;
    interface BucketsAnswerContextFieldEvent {
        field: '$.context';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BucketsAnswerFingerprintsFieldEvent {
        field: '$.fingerprints';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BucketsAnswerUnsureFieldEvent {
        field: '$.unsure';
        value: boolean;
    }
    function encode(obj: Partial<BucketsAnswer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BucketsAnswer>): BucketsAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BucketsAnswer>): Generator<BucketsAnswerContextFieldEvent | BucketsAnswerFingerprintsFieldEvent | BucketsAnswerUnsureFieldEvent>;
}
export interface SiblingsRequest {
    collection: Uint8Array<ArrayBuffer>;
    prefixes: string[];
    after: Uint8Array<ArrayBuffer>;
}
export declare namespace SiblingsRequest {
    const codec: () => Codec<SiblingsRequest>;
    interface SiblingsRequestCollectionFieldEvent {
        field: '$.collection';
        value: Uint8Array<ArrayBuffer>;
    }
    interface SiblingsRequestPrefixesFieldEvent {
        field: '$.prefixes[]';
        index: number;
        value: string;
    }
    interface SiblingsRequestAfterFieldEvent {
        field: '$.after';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<SiblingsRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SiblingsRequest>): SiblingsRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SiblingsRequest>): Generator<SiblingsRequestCollectionFieldEvent | SiblingsRequestPrefixesFieldEvent | SiblingsRequestAfterFieldEvent>;
}
export interface SiblingsAnswer {
    batches: BatchPart[];
    next: Uint8Array<ArrayBuffer>;
}
export declare namespace SiblingsAnswer {
    const codec: () => Codec<SiblingsAnswer>;
    interface SiblingsAnswerBatchesHeadHeaderFieldEvent {
        field: '$.batches[].head.header';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface SiblingsAnswerBatchesHeadSignatureFieldEvent {
        field: '$.batches[].head.signature';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface SiblingsAnswerBatchesLiveFieldEvent {
        field: '$.batches[].live';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface SiblingsAnswerBatchesRecordsFieldEvent {
        field: '$.batches[].records[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    interface SiblingsAnswerBatchesDeadFieldEvent {
        field: '$.batches[].dead';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface SiblingsAnswerNextFieldEvent {
        field: '$.next';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<SiblingsAnswer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SiblingsAnswer>): SiblingsAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SiblingsAnswer>): Generator<SiblingsAnswerBatchesHeadHeaderFieldEvent | SiblingsAnswerBatchesHeadSignatureFieldEvent | SiblingsAnswerBatchesLiveFieldEvent | SiblingsAnswerBatchesRecordsFieldEvent | SiblingsAnswerBatchesDeadFieldEvent | SiblingsAnswerNextFieldEvent>;
}
