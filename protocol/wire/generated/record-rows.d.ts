import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface SiblingsRow {
    versions: HeldVersion[];
}
export declare namespace SiblingsRow {
    const codec: () => Codec<SiblingsRow>;
    interface SiblingsRowVersionsWriterFieldEvent {
        field: '$.versions[].writer';
        value: number;
        index: number;
    }
    interface SiblingsRowVersionsSequenceFieldEvent {
        field: '$.versions[].sequence';
        value: number;
        index: number;
    }
    interface SiblingsRowVersionsFirstFieldEvent {
        field: '$.versions[].first';
        value: number;
        index: number;
    }
    interface SiblingsRowVersionsVariantFieldEvent {
        field: '$.versions[].variant';
        value: number;
        index: number;
    }
    interface SiblingsRowVersionsSealedAtMsFieldEvent {
        field: '$.versions[].sealedAtMs';
        value: number;
        index: number;
    }
    interface SiblingsRowVersionsHashFieldEvent {
        field: '$.versions[].hash';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface SiblingsRowVersionsRecordFieldEvent {
        field: '$.versions[].record';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    function encode(obj: Partial<SiblingsRow>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SiblingsRow>): SiblingsRow;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SiblingsRow>): Generator<SiblingsRowVersionsWriterFieldEvent | SiblingsRowVersionsSequenceFieldEvent | SiblingsRowVersionsFirstFieldEvent | SiblingsRowVersionsVariantFieldEvent | SiblingsRowVersionsSealedAtMsFieldEvent | SiblingsRowVersionsHashFieldEvent | SiblingsRowVersionsRecordFieldEvent>;
}
export interface HeldVersion {
    writer: number;
    sequence: number;
    first: number;
    variant: number;
    sealedAtMs: number;
    hash: Uint8Array<ArrayBuffer>;
    record: Uint8Array<ArrayBuffer>;
}
export declare namespace HeldVersion {
    const codec: () => Codec<HeldVersion>;
    interface HeldVersionWriterFieldEvent {
        field: '$.writer';
        value: number;
    }
    interface HeldVersionSequenceFieldEvent {
        field: '$.sequence';
        value: number;
    }
    interface HeldVersionFirstFieldEvent {
        field: '$.first';
        value: number;
    }
    interface HeldVersionVariantFieldEvent {
        field: '$.variant';
        value: number;
    }
    interface HeldVersionSealedAtMsFieldEvent {
        field: '$.sealedAtMs';
        value: number;
    }
    interface HeldVersionHashFieldEvent {
        field: '$.hash';
        value: Uint8Array<ArrayBuffer>;
    }
    interface HeldVersionRecordFieldEvent {
        field: '$.record';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<HeldVersion>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HeldVersion>): HeldVersion;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HeldVersion>): Generator<HeldVersionWriterFieldEvent | HeldVersionSequenceFieldEvent | HeldVersionFirstFieldEvent | HeldVersionVariantFieldEvent | HeldVersionSealedAtMsFieldEvent | HeldVersionHashFieldEvent | HeldVersionRecordFieldEvent>;
}
export interface BatchRow {
    header: Uint8Array<ArrayBuffer>;
    signature: Uint8Array<ArrayBuffer>;
    live: Uint8Array<ArrayBuffer>;
    dead: Uint8Array<ArrayBuffer>;
}
export declare namespace BatchRow {
    const codec: () => Codec<BatchRow>;
    interface BatchRowHeaderFieldEvent {
        field: '$.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchRowSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchRowLiveFieldEvent {
        field: '$.live';
        value: Uint8Array<ArrayBuffer>;
    }
    interface BatchRowDeadFieldEvent {
        field: '$.dead';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<BatchRow>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BatchRow>): BatchRow;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BatchRow>): Generator<BatchRowHeaderFieldEvent | BatchRowSignatureFieldEvent | BatchRowLiveFieldEvent | BatchRowDeadFieldEvent>;
}
export interface WriterRow {
    number: number;
    sequence: number;
    frozen: number;
    newest?: HeadRow;
    forkOne?: HeadRow;
    forkOther?: HeadRow;
}
export declare namespace WriterRow {
    const codec: () => Codec<WriterRow>;
    interface WriterRowNumberFieldEvent {
        field: '$.number';
        value: number;
    }
    interface WriterRowSequenceFieldEvent {
        field: '$.sequence';
        value: number;
    }
    interface WriterRowFrozenFieldEvent {
        field: '$.frozen';
        value: number;
    }
    interface WriterRowNewestHeaderFieldEvent {
        field: '$.newest.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface WriterRowNewestSignatureFieldEvent {
        field: '$.newest.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    interface WriterRowForkOneHeaderFieldEvent {
        field: '$.forkOne.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface WriterRowForkOneSignatureFieldEvent {
        field: '$.forkOne.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    interface WriterRowForkOtherHeaderFieldEvent {
        field: '$.forkOther.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface WriterRowForkOtherSignatureFieldEvent {
        field: '$.forkOther.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<WriterRow>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterRow>): WriterRow;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WriterRow>): Generator<WriterRowNumberFieldEvent | WriterRowSequenceFieldEvent | WriterRowFrozenFieldEvent | WriterRowNewestHeaderFieldEvent | WriterRowNewestSignatureFieldEvent | WriterRowForkOneHeaderFieldEvent | WriterRowForkOneSignatureFieldEvent | WriterRowForkOtherHeaderFieldEvent | WriterRowForkOtherSignatureFieldEvent>;
}
export interface HeadRow {
    header: Uint8Array<ArrayBuffer>;
    signature: Uint8Array<ArrayBuffer>;
}
export declare namespace HeadRow {
    const codec: () => Codec<HeadRow>;
    interface HeadRowHeaderFieldEvent {
        field: '$.header';
        value: Uint8Array<ArrayBuffer>;
    }
    interface HeadRowSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<HeadRow>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HeadRow>): HeadRow;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HeadRow>): Generator<HeadRowHeaderFieldEvent | HeadRowSignatureFieldEvent>;
}
export interface BucketRow {
    count: number;
    sum: Uint8Array<ArrayBuffer>;
}
export declare namespace BucketRow {
    const codec: () => Codec<BucketRow>;
    interface BucketRowCountFieldEvent {
        field: '$.count';
        value: number;
    }
    interface BucketRowSumFieldEvent {
        field: '$.sum';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<BucketRow>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BucketRow>): BucketRow;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BucketRow>): Generator<BucketRowCountFieldEvent | BucketRowSumFieldEvent>;
}
