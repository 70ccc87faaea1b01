import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var ContentRequest;
(function (ContentRequest) {
    let _codec;
    ContentRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.folder != null && obj.folder !== '')) {
                    w.uint32(10);
                    w.string(obj.folder);
                }
                if ((obj.kind != null && obj.kind !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.kind);
                }
                if ((obj.names != null && obj.names.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.names);
                }
                if ((obj.doubted != null && obj.doubted !== false)) {
                    w.uint32(32);
                    w.bool(obj.doubted);
                }
                if ((obj.wanted != null && obj.wanted.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.wanted);
                }
                if ((obj.compression != null && obj.compression !== false)) {
                    w.uint32(48);
                    w.bool(obj.compression);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    folder: '',
                    kind: 0,
                    names: uint8ArrayAlloc(0),
                    doubted: false,
                    wanted: uint8ArrayAlloc(0),
                    compression: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.folder = reader.string();
                            break;
                        }
                        case 2: {
                            obj.kind = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.names = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.doubted = reader.bool();
                            break;
                        }
                        case 5: {
                            obj.wanted = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.compression = reader.bool();
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
                                field: `${prefix}.folder`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.kind`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.names`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.doubted`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.wanted`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.compression`,
                                value: reader.bool()
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
        return encodeMessage(obj, ContentRequest.codec());
    }
    ContentRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ContentRequest.codec(), opts);
    }
    ContentRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ContentRequest.codec(), opts);
    }
    ContentRequest.stream = stream;
})(ContentRequest || (ContentRequest = {}));
export var ContentAnswer;
(function (ContentAnswer) {
    let _codec;
    ContentAnswer.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.states != null && obj.states.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.states);
                }
                if ((obj.lengths != null && obj.lengths.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.lengths);
                }
                if ((obj.data != null && obj.data.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.data);
                }
                if ((obj.compressed != null && obj.compressed !== false)) {
                    w.uint32(32);
                    w.bool(obj.compressed);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    states: uint8ArrayAlloc(0),
                    lengths: uint8ArrayAlloc(0),
                    data: uint8ArrayAlloc(0),
                    compressed: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.states = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.lengths = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.data = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.compressed = reader.bool();
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
                                field: `${prefix}.states`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.lengths`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.data`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.compressed`,
                                value: reader.bool()
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
        return encodeMessage(obj, ContentAnswer.codec());
    }
    ContentAnswer.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ContentAnswer.codec(), opts);
    }
    ContentAnswer.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ContentAnswer.codec(), opts);
    }
    ContentAnswer.stream = stream;
})(ContentAnswer || (ContentAnswer = {}));
