import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var EntryPayload;
(function (EntryPayload) {
    let _codec;
    EntryPayload.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.kind != null && obj.kind !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.kind);
                }
                if ((obj.size != null && obj.size !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.size);
                }
                if ((obj.mode != null && obj.mode !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.mode);
                }
                if ((obj.mtimeUs != null && obj.mtimeUs !== 0)) {
                    w.uint32(32);
                    w.sint64Number(obj.mtimeUs);
                }
                if ((obj.algorithm != null && obj.algorithm !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.algorithm);
                }
                if ((obj.root != null && obj.root.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.root);
                }
                if ((obj.target != null && obj.target !== '')) {
                    w.uint32(58);
                    w.string(obj.target);
                }
                if ((obj.movedFrom != null && obj.movedFrom !== '')) {
                    w.uint32(66);
                    w.string(obj.movedFrom);
                }
                if ((obj.movedTo != null && obj.movedTo !== '')) {
                    w.uint32(74);
                    w.string(obj.movedTo);
                }
                if ((obj.attributes != null && obj.attributes.byteLength > 0)) {
                    w.uint32(82);
                    w.bytes(obj.attributes);
                }
                if ((obj.owner != null && obj.owner.byteLength > 0)) {
                    w.uint32(90);
                    w.bytes(obj.owner);
                }
                if (obj.erasures != null && obj.erasures.length > 0) {
                    for (const value of obj.erasures) {
                        w.uint32(98);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    kind: 0,
                    size: 0,
                    mode: 0,
                    mtimeUs: 0,
                    algorithm: 0,
                    root: uint8ArrayAlloc(0),
                    target: '',
                    movedFrom: '',
                    movedTo: '',
                    attributes: uint8ArrayAlloc(0),
                    owner: uint8ArrayAlloc(0),
                    erasures: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.kind = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.size = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.mode = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.mtimeUs = reader.sint64Number();
                            break;
                        }
                        case 5: {
                            obj.algorithm = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.root = reader.bytes();
                            break;
                        }
                        case 7: {
                            obj.target = reader.string();
                            break;
                        }
                        case 8: {
                            obj.movedFrom = reader.string();
                            break;
                        }
                        case 9: {
                            obj.movedTo = reader.string();
                            break;
                        }
                        case 10: {
                            obj.attributes = reader.bytes();
                            break;
                        }
                        case 11: {
                            obj.owner = reader.bytes();
                            break;
                        }
                        case 12: {
                            if (opts.limits?.erasures != null && obj.erasures.length === opts.limits.erasures) {
                                throw new MaxLengthError('Decode error - repeated field "erasures" had too many elements');
                            }
                            obj.erasures.push(reader.bytes());
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
                    erasures: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.kind`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.size`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.mode`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.mtimeUs`,
                                value: reader.sint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.algorithm`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.root`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.target`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.movedFrom`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.movedTo`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.attributes`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.owner`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 12: {
                            if (opts.limits?.erasures != null && obj.erasures === opts.limits.erasures) {
                                throw new MaxLengthError('Streaming decode error - repeated field "erasures" had too many elements');
                            }
                            yield {
                                field: `${prefix}.erasures[]`,
                                index: obj.erasures,
                                value: reader.bytes()
                            };
                            obj.erasures++;
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
        return encodeMessage(obj, EntryPayload.codec());
    }
    EntryPayload.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, EntryPayload.codec(), opts);
    }
    EntryPayload.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, EntryPayload.codec(), opts);
    }
    EntryPayload.stream = stream;
})(EntryPayload || (EntryPayload = {}));
