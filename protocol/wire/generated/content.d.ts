import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface ContentRequest {
    folder: string;
    kind: number;
    names: Uint8Array<ArrayBuffer>;
    doubted: boolean;
    wanted: Uint8Array<ArrayBuffer>;
    compression: boolean;
}
export declare namespace ContentRequest {
    const codec: () => Codec<ContentRequest>;
    interface ContentRequestFolderFieldEvent {
        field: '$.folder';
        value: string;
    }
    interface ContentRequestKindFieldEvent {
        field: '$.kind';
        value: number;
    }
    interface ContentRequestNamesFieldEvent {
        field: '$.names';
        value: Uint8Array<ArrayBuffer>;
    }
    interface ContentRequestDoubtedFieldEvent {
        field: '$.doubted';
        value: boolean;
    }
    interface ContentRequestWantedFieldEvent {
        field: '$.wanted';
        value: Uint8Array<ArrayBuffer>;
    }
    interface ContentRequestCompressionFieldEvent {
        field: '$.compression';
        value: boolean;
    }
    function encode(obj: Partial<ContentRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ContentRequest>): ContentRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ContentRequest>): Generator<ContentRequestFolderFieldEvent | ContentRequestKindFieldEvent | ContentRequestNamesFieldEvent | ContentRequestDoubtedFieldEvent | ContentRequestWantedFieldEvent | ContentRequestCompressionFieldEvent>;
}
export interface ContentAnswer {
    states: Uint8Array<ArrayBuffer>;
    lengths: Uint8Array<ArrayBuffer>;
    data: Uint8Array<ArrayBuffer>;
    compressed: boolean;
}
export declare namespace ContentAnswer {
    const codec: () => Codec<ContentAnswer>;
    interface ContentAnswerStatesFieldEvent {
        field: '$.states';
        value: Uint8Array<ArrayBuffer>;
    }
    interface ContentAnswerLengthsFieldEvent {
        field: '$.lengths';
        value: Uint8Array<ArrayBuffer>;
    }
    interface ContentAnswerDataFieldEvent {
        field: '$.data';
        value: Uint8Array<ArrayBuffer>;
    }
    interface ContentAnswerCompressedFieldEvent {
        field: '$.compressed';
        value: boolean;
    }
    function encode(obj: Partial<ContentAnswer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ContentAnswer>): ContentAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ContentAnswer>): Generator<ContentAnswerStatesFieldEvent | ContentAnswerLengthsFieldEvent | ContentAnswerDataFieldEvent | ContentAnswerCompressedFieldEvent>;
}
