import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface DocumentEntry {
    kind: string;
    name: string;
    version: number;
    hash: Uint8Array<ArrayBuffer>;
}
export declare namespace DocumentEntry {
    const codec: () => Codec<DocumentEntry>;
    interface DocumentEntryKindFieldEvent {
        field: '$.kind';
        value: string;
    }
    interface DocumentEntryNameFieldEvent {
        field: '$.name';
        value: string;
    }
    interface DocumentEntryVersionFieldEvent {
        field: '$.version';
        value: number;
    }
    interface DocumentEntryHashFieldEvent {
        field: '$.hash';
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<DocumentEntry>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentEntry>): DocumentEntry;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentEntry>): Generator<DocumentEntryKindFieldEvent | DocumentEntryNameFieldEvent | DocumentEntryVersionFieldEvent | DocumentEntryHashFieldEvent>;
}
export interface DocumentsAnnouncement {
    announcer: Uint8Array<ArrayBuffer>;
    documents: DocumentEntry[];
}
export declare namespace DocumentsAnnouncement {
    const codec: () => Codec<DocumentsAnnouncement>;
    interface DocumentsAnnouncementAnnouncerFieldEvent {
        field: '$.announcer';
        value: Uint8Array<ArrayBuffer>;
    }
    interface DocumentsAnnouncementDocumentsKindFieldEvent {
        field: '$.documents[].kind';
        value: string;
        index: number;
    }
    interface DocumentsAnnouncementDocumentsNameFieldEvent {
        field: '$.documents[].name';
        value: string;
        index: number;
    }
    interface DocumentsAnnouncementDocumentsVersionFieldEvent {
        field: '$.documents[].version';
        value: number;
        index: number;
    }
    interface DocumentsAnnouncementDocumentsHashFieldEvent {
        field: '$.documents[].hash';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    function encode(obj: Partial<DocumentsAnnouncement>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentsAnnouncement>): DocumentsAnnouncement;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentsAnnouncement>): Generator<DocumentsAnnouncementAnnouncerFieldEvent | DocumentsAnnouncementDocumentsKindFieldEvent | DocumentsAnnouncementDocumentsNameFieldEvent | DocumentsAnnouncementDocumentsVersionFieldEvent | DocumentsAnnouncementDocumentsHashFieldEvent>;
}
export interface DocumentsRequest {
    documents: DocumentEntry[];
}
export declare namespace DocumentsRequest {
    const codec: () => Codec<DocumentsRequest>;
    interface DocumentsRequestDocumentsKindFieldEvent {
        field: '$.documents[].kind';
        value: string;
        index: number;
    }
    interface DocumentsRequestDocumentsNameFieldEvent {
        field: '$.documents[].name';
        value: string;
        index: number;
    }
    interface DocumentsRequestDocumentsVersionFieldEvent {
        field: '$.documents[].version';
        value: number;
        index: number;
    }
    interface DocumentsRequestDocumentsHashFieldEvent {
        field: '$.documents[].hash';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    function encode(obj: Partial<DocumentsRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentsRequest>): DocumentsRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentsRequest>): Generator<DocumentsRequestDocumentsKindFieldEvent | DocumentsRequestDocumentsNameFieldEvent | DocumentsRequestDocumentsVersionFieldEvent | DocumentsRequestDocumentsHashFieldEvent>;
}
export interface DocumentsAnswer {
    documents: DocumentEntry[];
    envelopes: Uint8Array<ArrayBuffer>[];
}
export declare namespace DocumentsAnswer {
    const codec: () => Codec<DocumentsAnswer>;
    interface DocumentsAnswerDocumentsKindFieldEvent {
        field: '$.documents[].kind';
        value: string;
        index: number;
    }
    interface DocumentsAnswerDocumentsNameFieldEvent {
        field: '$.documents[].name';
        value: string;
        index: number;
    }
    interface DocumentsAnswerDocumentsVersionFieldEvent {
        field: '$.documents[].version';
        value: number;
        index: number;
    }
    interface DocumentsAnswerDocumentsHashFieldEvent {
        field: '$.documents[].hash';
        value: Uint8Array<ArrayBuffer>;
        index: number;
    }
    interface DocumentsAnswerEnvelopesFieldEvent {
        field: '$.envelopes[]';
        index: number;
        value: Uint8Array<ArrayBuffer>;
    }
    function encode(obj: Partial<DocumentsAnswer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentsAnswer>): DocumentsAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentsAnswer>): Generator<DocumentsAnswerDocumentsKindFieldEvent | DocumentsAnswerDocumentsNameFieldEvent | DocumentsAnswerDocumentsVersionFieldEvent | DocumentsAnswerDocumentsHashFieldEvent | DocumentsAnswerEnvelopesFieldEvent>;
}
