import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface AddressRecord {
    multiaddrs: string[];
}
export declare namespace AddressRecord {
    const codec: () => Codec<AddressRecord>;
    interface AddressRecordMultiaddrsFieldEvent {
        field: '$.multiaddrs[]';
        index: number;
        value: string;
    }
    function encode(obj: Partial<AddressRecord>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AddressRecord>): AddressRecord;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AddressRecord>): Generator<AddressRecordMultiaddrsFieldEvent>;
}
