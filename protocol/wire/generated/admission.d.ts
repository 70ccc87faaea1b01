import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Hello {
    versionMin: number;
    versionMax: number;
    site: Uint8Array<ArrayBuffer>;
    siteLicense: Uint8Array<ArrayBuffer>;
    installLicense: Uint8Array<ArrayBuffer>;
    documentsDigest: Uint8Array<ArrayBuffer>;
}
export declare namespace Hello {
    const codec: () => Codec<Hello>;
    interface HelloVersionMinFieldEvent {
        field: '$.versionMin';
        value: number;
    }
    interface HelloVersionMaxFieldEvent {
        field: '$.versionMax';
        value: number;
    }
    interface HelloSiteFieldEvent {
        field: '$.site';
        value: Uint8Array<ArrayBuffer>;
    }
    interface HelloSiteLicenseFieldEvent {
        field: '$.siteLicense';
        value: Uint8Array<ArrayBuffer>;
    }
    interface HelloInstallLicenseFieldEvent {
        field: '$.installLicense';
        value: Uint8Array<ArrayBuffer>;
    }
    interface HelloDocumentsDigestFieldEvent {
        field: '$.documentsDigest';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<Hello>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Hello;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Generator<HelloVersionMinFieldEvent | HelloVersionMaxFieldEvent | HelloSiteFieldEvent | HelloSiteLicenseFieldEvent | HelloInstallLicenseFieldEvent | HelloDocumentsDigestFieldEvent>;
}
export interface HelloAnswer {
    hello?: Hello;
    refused?: Refused;
}
export declare namespace HelloAnswer {
    const codec: () => Codec<HelloAnswer>;
    interface HelloAnswerHelloVersionMinFieldEvent {
        field: '$.hello.versionMin';
        value: number;
    }
    interface HelloAnswerHelloVersionMaxFieldEvent {
        field: '$.hello.versionMax';
        value: number;
    }
    interface HelloAnswerHelloSiteFieldEvent {
        field: '$.hello.site';
        value: Uint8Array<ArrayBuffer>;
    }
    interface HelloAnswerHelloSiteLicenseFieldEvent {
        field: '$.hello.siteLicense';
        value: Uint8Array<ArrayBuffer>;
    }
    interface HelloAnswerHelloInstallLicenseFieldEvent {
        field: '$.hello.installLicense';
        value: Uint8Array<ArrayBuffer>;
    }
    interface HelloAnswerHelloDocumentsDigestFieldEvent {
        field: '$.hello.documentsDigest';
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
    function encode(obj: Partial<HelloAnswer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloAnswer>): HelloAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloAnswer>): Generator<HelloAnswerHelloVersionMinFieldEvent | HelloAnswerHelloVersionMaxFieldEvent | HelloAnswerHelloSiteFieldEvent | HelloAnswerHelloSiteLicenseFieldEvent | HelloAnswerHelloInstallLicenseFieldEvent | HelloAnswerHelloDocumentsDigestFieldEvent | HelloAnswerRefusedCodeFieldEvent | HelloAnswerRefusedDetailFieldEvent>;
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
