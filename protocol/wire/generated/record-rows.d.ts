import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
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
export interface FloorRow {
    floor: Uint8Array<ArrayBuffer>;
    goal: Uint8Array<ArrayBuffer>;
    catchingUp: boolean;
    claimants: string[];
}
export declare namespace FloorRow {
    const codec: () => Codec<FloorRow>;
    interface FloorRowFloorFieldEvent {
        field: '$.floor';
        value: Uint8Array<ArrayBuffer>;
    }
    interface FloorRowGoalFieldEvent {
        field: '$.goal';
        value: Uint8Array<ArrayBuffer>;
    }
    interface FloorRowCatchingUpFieldEvent {
        field: '$.catchingUp';
        value: boolean;
    }
    interface FloorRowClaimantsFieldEvent {
        field: '$.claimants[]';
        index: number;
        value: string;
    }
    function encode(obj: Partial<FloorRow>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FloorRow>): FloorRow;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FloorRow>): Generator<FloorRowFloorFieldEvent | FloorRowGoalFieldEvent | FloorRowCatchingUpFieldEvent | FloorRowClaimantsFieldEvent>;
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
