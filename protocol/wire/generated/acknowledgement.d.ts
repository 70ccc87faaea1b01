import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface AcknowledgementRecord {
    sequences: Uint8Array<ArrayBuffer>;
}
export declare namespace AcknowledgementRecord {
    const codec: () => Codec<AcknowledgementRecord>;
    interface AcknowledgementRecordSequencesFieldEvent {
        field: '$.sequences';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<AcknowledgementRecord>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AcknowledgementRecord>): AcknowledgementRecord;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AcknowledgementRecord>): Generator<AcknowledgementRecordSequencesFieldEvent>;
}
