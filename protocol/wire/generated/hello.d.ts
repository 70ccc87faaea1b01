import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Hello {
    versionMin: number;
    versionMax: number;
    site: Uint8Array<ArrayBuffer>;
    siteLicense: Uint8Array<ArrayBuffer>;
    installLicense: Uint8Array<ArrayBuffer>;
    documentsDigest: Uint8Array<ArrayBuffer>;
    agent: string;
    enrolment: Uint8Array<ArrayBuffer>;
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
    interface HelloAgentFieldEvent {
        field: '$.agent';
        value: string;
    }
    interface HelloEnrolmentFieldEvent {
        field: '$.enrolment';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<Hello>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Hello;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Generator<HelloVersionMinFieldEvent | HelloVersionMaxFieldEvent | HelloSiteFieldEvent | HelloSiteLicenseFieldEvent | HelloInstallLicenseFieldEvent | HelloDocumentsDigestFieldEvent | HelloAgentFieldEvent | HelloEnrolmentFieldEvent>;
}
