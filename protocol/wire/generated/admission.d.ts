import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface HelloAnswer {
    hello?: Uint8Array<ArrayBuffer>;
    refused?: Refused;
    welcome?: boolean;
    alreadyConnected?: boolean;
}
export declare namespace HelloAnswer {
    const codec: () => Codec<HelloAnswer>;
    interface HelloAnswerHelloFieldEvent {
        field: '$.hello';
        value: Uint8Array<ArrayBuffer>;
    }
    interface HelloAnswerRefusedCodeFieldEvent {
        field: '$.refused.code';
        value: string;
    }
    interface HelloAnswerRefusedDetailFieldEvent {
        field: '$.refused.detail';
        value: string;
    }
    interface HelloAnswerWelcomeFieldEvent {
        field: '$.welcome';
        value: boolean;
    }
    interface HelloAnswerAlreadyConnectedFieldEvent {
        field: '$.alreadyConnected';
        value: boolean;
    }
    function encode(obj: Partial<HelloAnswer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloAnswer>): HelloAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloAnswer>): Generator<HelloAnswerHelloFieldEvent | HelloAnswerRefusedCodeFieldEvent | HelloAnswerRefusedDetailFieldEvent | HelloAnswerWelcomeFieldEvent | HelloAnswerAlreadyConnectedFieldEvent>;
}
export interface Refused {
    code: string;
    detail: string;
}
export declare namespace Refused {
    const codec: () => Codec<Refused>;
    interface RefusedCodeFieldEvent {
        field: '$.code';
        value: string;
    }
    interface RefusedDetailFieldEvent {
        field: '$.detail';
        value: string;
    }
    function encode(obj: Partial<Refused>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Refused;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Generator<RefusedCodeFieldEvent | RefusedDetailFieldEvent>;
}
