import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface VerifyRequest {
    folder: string;
    ask: number;
    after: string;
    to: string;
    deep: boolean;
}
export declare namespace VerifyRequest {
    const codec: () => Codec<VerifyRequest>;
    interface VerifyRequestFolderFieldEvent {
        field: '$.folder';
        value: string;
    }
    interface VerifyRequestAskFieldEvent {
        field: '$.ask';
        value: number;
    }
    interface VerifyRequestAfterFieldEvent {
        field: '$.after';
        value: string;
    }
    interface VerifyRequestToFieldEvent {
        field: '$.to';
        value: string;
    }
    interface VerifyRequestDeepFieldEvent {
        field: '$.deep';
        value: boolean;
    }
    function encode(obj: Partial<VerifyRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<VerifyRequest>): VerifyRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<VerifyRequest>): Generator<VerifyRequestFolderFieldEvent | VerifyRequestAskFieldEvent | VerifyRequestAfterFieldEvent | VerifyRequestToFieldEvent | VerifyRequestDeepFieldEvent>;
}
export interface CopyState {
    contextDigest: Uint8Array<ArrayBuffer>;
    count: number;
    sum: Uint8Array<ArrayBuffer>;
    state: number;
    missingFiles: number;
    blockedFiles: number;
    heldBack: number;
}
export declare namespace CopyState {
    const codec: () => Codec<CopyState>;
    interface CopyStateContextDigestFieldEvent {
        field: '$.contextDigest';
        value: Uint8Array<ArrayBuffer>;
    }
    interface CopyStateCountFieldEvent {
        field: '$.count';
        value: number;
    }
    interface CopyStateSumFieldEvent {
        field: '$.sum';
        value: Uint8Array<ArrayBuffer>;
    }
    interface CopyStateStateFieldEvent {
        field: '$.state';
        value: number;
    }
    interface CopyStateMissingFilesFieldEvent {
        field: '$.missingFiles';
        value: number;
    }
    interface CopyStateBlockedFilesFieldEvent {
        field: '$.blockedFiles';
        value: number;
    }
    interface CopyStateHeldBackFieldEvent {
        field: '$.heldBack';
        value: number;
    }
    function encode(obj: Partial<CopyState>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CopyState>): CopyState;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CopyState>): Generator<CopyStateContextDigestFieldEvent | CopyStateCountFieldEvent | CopyStateSumFieldEvent | CopyStateStateFieldEvent | CopyStateMissingFilesFieldEvent | CopyStateBlockedFilesFieldEvent | CopyStateHeldBackFieldEvent>;
}
export interface RangeDigest {
    items: number;
    digest: Uint8Array<ArrayBuffer>;
    isWhole: boolean;
}
export declare namespace RangeDigest {
    const codec: () => Codec<RangeDigest>;
    interface RangeDigestItemsFieldEvent {
        field: '$.items';
        value: number;
    }
    interface RangeDigestDigestFieldEvent {
        field: '$.digest';
        value: Uint8Array<ArrayBuffer>;
    }
    interface RangeDigestIsWholeFieldEvent {
        field: '$.isWhole';
        value: boolean;
    }
    function encode(obj: Partial<RangeDigest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RangeDigest>): RangeDigest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RangeDigest>): Generator<RangeDigestItemsFieldEvent | RangeDigestDigestFieldEvent | RangeDigestIsWholeFieldEvent>;
}
export interface RangeItems {
    items: RangeItem[];
    readTo: string;
}
export declare namespace RangeItems {
    const codec: () => Codec<RangeItems>;
    interface RangeItemsItemsPathFieldEvent {
        field: '$.items[].path';
        value: string;
        index: number;
    }
    interface RangeItemsItemsEntryFieldEvent {
        field: '$.items[].entry';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface RangeItemsReadToFieldEvent {
        field: '$.readTo';
        value: string;
    }
    function encode(obj: Partial<RangeItems>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RangeItems>): RangeItems;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RangeItems>): Generator<RangeItemsItemsPathFieldEvent | RangeItemsItemsEntryFieldEvent | RangeItemsReadToFieldEvent>;
}
export interface RangeItem {
    path: string;
    entry: Uint8Array<ArrayBuffer>;
}
export declare namespace RangeItem {
    const codec: () => Codec<RangeItem>;
    interface RangeItemPathFieldEvent {
        field: '$.path';
        value: string;
    }
    interface RangeItemEntryFieldEvent {
        field: '$.entry';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<RangeItem>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RangeItem>): RangeItem;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RangeItem>): Generator<RangeItemPathFieldEvent | RangeItemEntryFieldEvent>;
}
