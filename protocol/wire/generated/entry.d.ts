import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface EntryPayload {
    kind: number;
    size: number;
    mode: number;
    mtimeUs: number;
    algorithm: number;
    root: Uint8Array<ArrayBuffer>;
    target: string;
    movedFrom: string;
    movedTo: string;
    attributes: Uint8Array<ArrayBuffer>;
    owner: Uint8Array<ArrayBuffer>;
    erasures: Uint8Array<ArrayBuffer>[];
}
export declare namespace EntryPayload {
    const codec: () => Codec<EntryPayload>;
    interface EntryPayloadKindFieldEvent {
        field: '$.kind';
        value: number;
    }
    interface EntryPayloadSizeFieldEvent {
        field: '$.size';
        value: number;
    }
    interface EntryPayloadModeFieldEvent {
        field: '$.mode';
        value: number;
    }
    interface EntryPayloadMtimeUsFieldEvent {
        field: '$.mtimeUs';
        value: number;
    }
    interface EntryPayloadAlgorithmFieldEvent {
        field: '$.algorithm';
        value: number;
    }
    interface EntryPayloadRootFieldEvent {
        field: '$.root';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EntryPayloadTargetFieldEvent {
        field: '$.target';
        value: string;
    }
    interface EntryPayloadMovedFromFieldEvent {
        field: '$.movedFrom';
        value: string;
    }
    interface EntryPayloadMovedToFieldEvent {
        field: '$.movedTo';
        value: string;
    }
    interface EntryPayloadAttributesFieldEvent {
        field: '$.attributes';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EntryPayloadOwnerFieldEvent {
        field: '$.owner';
        value: Uint8Array<ArrayBuffer>;
    }
    interface EntryPayloadErasuresFieldEvent {
        field: '$.erasures[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<EntryPayload>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EntryPayload>): EntryPayload;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EntryPayload>): Generator<EntryPayloadKindFieldEvent | EntryPayloadSizeFieldEvent | EntryPayloadModeFieldEvent | EntryPayloadMtimeUsFieldEvent | EntryPayloadAlgorithmFieldEvent | EntryPayloadRootFieldEvent | EntryPayloadTargetFieldEvent | EntryPayloadMovedFromFieldEvent | EntryPayloadMovedToFieldEvent | EntryPayloadAttributesFieldEvent | EntryPayloadOwnerFieldEvent | EntryPayloadErasuresFieldEvent>;
}
