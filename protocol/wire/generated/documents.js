import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var DocumentEntry;
(function (DocumentEntry) {
    let _codec;
    DocumentEntry.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.kind != null && obj.kind !== '')) {
                    w.uint32(10);
                    w.string(obj.kind);
                }
                if ((obj.name != null && obj.name !== '')) {
                    w.uint32(18);
                    w.string(obj.name);
                }
                if ((obj.version != null && obj.version !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.version);
                }
                if ((obj.hash != null && obj.hash.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.hash);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    kind: '',
                    name: '',
                    version: 0,
                    hash: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.kind = reader.string();
                            break;
                        }
                        case 2: {
                            obj.name = reader.string();
                            break;
                        }
                        case 3: {
                            obj.version = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.hash = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.kind`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.name`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.hash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DocumentEntry.codec());
    }
    DocumentEntry.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DocumentEntry.codec(), opts);
    }
    DocumentEntry.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DocumentEntry.codec(), opts);
    }
    DocumentEntry.stream = stream;
})(DocumentEntry || (DocumentEntry = {}));
export var DocumentsAnnouncement;
(function (DocumentsAnnouncement) {
    let _codec;
    DocumentsAnnouncement.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.announcer != null && obj.announcer.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.announcer);
                }
                if (obj.documents != null && obj.documents.length > 0) {
                    for (const value of obj.documents) {
                        w.uint32(18);
                        DocumentEntry.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    announcer: uint8ArrayAlloc(0),
                    documents: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.announcer = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.documents != null && obj.documents.length === opts.limits.documents) {
                                throw new MaxLengthError('Decode error - repeated field "documents" had too many elements');
                            }
                            obj.documents.push(DocumentEntry.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.documents$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    documents: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.announcer`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.documents != null && obj.documents === opts.limits.documents) {
                                throw new MaxLengthError('Streaming decode error - repeated field "documents" had too many elements');
                            }
                            for (const evt of DocumentEntry.codec().stream(reader, reader.uint32(), `${prefix}.documents[]`, {
                                limits: opts.limits?.documents$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.documents
                                };
                            }
                            obj.documents++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DocumentsAnnouncement.codec());
    }
    DocumentsAnnouncement.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DocumentsAnnouncement.codec(), opts);
    }
    DocumentsAnnouncement.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DocumentsAnnouncement.codec(), opts);
    }
    DocumentsAnnouncement.stream = stream;
})(DocumentsAnnouncement || (DocumentsAnnouncement = {}));
export var DocumentsRequest;
(function (DocumentsRequest) {
    let _codec;
    DocumentsRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.documents != null && obj.documents.length > 0) {
                    for (const value of obj.documents) {
                        w.uint32(10);
                        DocumentEntry.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    documents: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.documents != null && obj.documents.length === opts.limits.documents) {
                                throw new MaxLengthError('Decode error - repeated field "documents" had too many elements');
                            }
                            obj.documents.push(DocumentEntry.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.documents$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    documents: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.documents != null && obj.documents === opts.limits.documents) {
                                throw new MaxLengthError('Streaming decode error - repeated field "documents" had too many elements');
                            }
                            for (const evt of DocumentEntry.codec().stream(reader, reader.uint32(), `${prefix}.documents[]`, {
                                limits: opts.limits?.documents$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.documents
                                };
                            }
                            obj.documents++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DocumentsRequest.codec());
    }
    DocumentsRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DocumentsRequest.codec(), opts);
    }
    DocumentsRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DocumentsRequest.codec(), opts);
    }
    DocumentsRequest.stream = stream;
})(DocumentsRequest || (DocumentsRequest = {}));
export var DocumentsAnswer;
(function (DocumentsAnswer) {
    let _codec;
    DocumentsAnswer.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.documents != null && obj.documents.length > 0) {
                    for (const value of obj.documents) {
                        w.uint32(10);
                        DocumentEntry.codec().encode(value, w);
                    }
                }
                if (obj.envelopes != null && obj.envelopes.length > 0) {
                    for (const value of obj.envelopes) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    documents: [],
                    envelopes: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.documents != null && obj.documents.length === opts.limits.documents) {
                                throw new MaxLengthError('Decode error - repeated field "documents" had too many elements');
                            }
                            obj.documents.push(DocumentEntry.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.documents$
                            }));
                            break;
                        }
                        case 2: {
                            if (opts.limits?.envelopes != null && obj.envelopes.length === opts.limits.envelopes) {
                                throw new MaxLengthError('Decode error - repeated field "envelopes" had too many elements');
                            }
                            obj.envelopes.push(reader.bytes());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    documents: 0,
                    envelopes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.documents != null && obj.documents === opts.limits.documents) {
                                throw new MaxLengthError('Streaming decode error - repeated field "documents" had too many elements');
                            }
                            for (const evt of DocumentEntry.codec().stream(reader, reader.uint32(), `${prefix}.documents[]`, {
                                limits: opts.limits?.documents$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.documents
                                };
                            }
                            obj.documents++;
                            break;
                        }
                        case 2: {
                            if (opts.limits?.envelopes != null && obj.envelopes === opts.limits.envelopes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "envelopes" had too many elements');
                            }
                            yield {
                                field: `${prefix}.envelopes[]`,
                                index: obj.envelopes,
                                value: reader.bytes()
                            };
                            obj.envelopes++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DocumentsAnswer.codec());
    }
    DocumentsAnswer.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DocumentsAnswer.codec(), opts);
    }
    DocumentsAnswer.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DocumentsAnswer.codec(), opts);
    }
    DocumentsAnswer.stream = stream;
})(DocumentsAnswer || (DocumentsAnswer = {}));
