import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var VerifyRequest;
(function (VerifyRequest) {
    let _codec;
    VerifyRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.folder != null && obj.folder !== '')) {
                    w.uint32(10);
                    w.string(obj.folder);
                }
                if ((obj.ask != null && obj.ask !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.ask);
                }
                if ((obj.after != null && obj.after !== '')) {
                    w.uint32(26);
                    w.string(obj.after);
                }
                if ((obj.to != null && obj.to !== '')) {
                    w.uint32(34);
                    w.string(obj.to);
                }
                if ((obj.deep != null && obj.deep !== false)) {
                    w.uint32(40);
                    w.bool(obj.deep);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    folder: '',
                    ask: 0,
                    after: '',
                    to: '',
                    deep: false
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
                            obj.ask = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.after = reader.string();
                            break;
                        }
                        case 4: {
                            obj.to = reader.string();
                            break;
                        }
                        case 5: {
                            obj.deep = reader.bool();
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
                                field: `${prefix}.ask`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.after`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.to`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.deep`,
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
        return encodeMessage(obj, VerifyRequest.codec());
    }
    VerifyRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, VerifyRequest.codec(), opts);
    }
    VerifyRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, VerifyRequest.codec(), opts);
    }
    VerifyRequest.stream = stream;
})(VerifyRequest || (VerifyRequest = {}));
export var CopyState;
(function (CopyState) {
    let _codec;
    CopyState.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.contextDigest != null && obj.contextDigest.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.contextDigest);
                }
                if ((obj.count != null && obj.count !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.count);
                }
                if ((obj.sum != null && obj.sum.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.sum);
                }
                if ((obj.state != null && obj.state !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.state);
                }
                if ((obj.missingFiles != null && obj.missingFiles !== 0)) {
                    w.uint32(40);
                    w.uint64Number(obj.missingFiles);
                }
                if ((obj.blockedFiles != null && obj.blockedFiles !== 0)) {
                    w.uint32(48);
                    w.uint64Number(obj.blockedFiles);
                }
                if ((obj.heldBack != null && obj.heldBack !== 0)) {
                    w.uint32(56);
                    w.uint64Number(obj.heldBack);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    contextDigest: uint8ArrayAlloc(0),
                    count: 0,
                    sum: uint8ArrayAlloc(0),
                    state: 0,
                    missingFiles: 0,
                    blockedFiles: 0,
                    heldBack: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.contextDigest = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.count = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.sum = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.state = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.missingFiles = reader.uint64Number();
                            break;
                        }
                        case 6: {
                            obj.blockedFiles = reader.uint64Number();
                            break;
                        }
                        case 7: {
                            obj.heldBack = reader.uint64Number();
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
                                field: `${prefix}.contextDigest`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.count`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.sum`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.state`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.missingFiles`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.blockedFiles`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.heldBack`,
                                value: reader.uint64Number()
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
        return encodeMessage(obj, CopyState.codec());
    }
    CopyState.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CopyState.codec(), opts);
    }
    CopyState.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CopyState.codec(), opts);
    }
    CopyState.stream = stream;
})(CopyState || (CopyState = {}));
export var RangeDigest;
(function (RangeDigest) {
    let _codec;
    RangeDigest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.items != null && obj.items !== 0)) {
                    w.uint32(8);
                    w.uint64Number(obj.items);
                }
                if ((obj.digest != null && obj.digest.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.digest);
                }
                if ((obj.isWhole != null && obj.isWhole !== false)) {
                    w.uint32(24);
                    w.bool(obj.isWhole);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    items: 0,
                    digest: uint8ArrayAlloc(0),
                    isWhole: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.items = reader.uint64Number();
                            break;
                        }
                        case 2: {
                            obj.digest = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.isWhole = reader.bool();
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
                                field: `${prefix}.items`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.digest`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.isWhole`,
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
        return encodeMessage(obj, RangeDigest.codec());
    }
    RangeDigest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RangeDigest.codec(), opts);
    }
    RangeDigest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RangeDigest.codec(), opts);
    }
    RangeDigest.stream = stream;
})(RangeDigest || (RangeDigest = {}));
export var RangeItems;
(function (RangeItems) {
    let _codec;
    RangeItems.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.items != null && obj.items.length > 0) {
                    for (const value of obj.items) {
                        w.uint32(10);
                        RangeItem.codec().encode(value, w);
                    }
                }
                if ((obj.readTo != null && obj.readTo !== '')) {
                    w.uint32(18);
                    w.string(obj.readTo);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    items: [],
                    readTo: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.items != null && obj.items.length === opts.limits.items) {
                                throw new MaxLengthError('Decode error - repeated field "items" had too many elements');
                            }
                            obj.items.push(RangeItem.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.items$
                            }));
                            break;
                        }
                        case 2: {
                            obj.readTo = reader.string();
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
                    items: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.items != null && obj.items === opts.limits.items) {
                                throw new MaxLengthError('Streaming decode error - repeated field "items" had too many elements');
                            }
                            for (const evt of RangeItem.codec().stream(reader, reader.uint32(), `${prefix}.items[]`, {
                                limits: opts.limits?.items$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.items
                                };
                            }
                            obj.items++;
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.readTo`,
                                value: reader.string()
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
        return encodeMessage(obj, RangeItems.codec());
    }
    RangeItems.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RangeItems.codec(), opts);
    }
    RangeItems.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RangeItems.codec(), opts);
    }
    RangeItems.stream = stream;
})(RangeItems || (RangeItems = {}));
export var RangeItem;
(function (RangeItem) {
    let _codec;
    RangeItem.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.path != null && obj.path !== '')) {
                    w.uint32(10);
                    w.string(obj.path);
                }
                if ((obj.entry != null && obj.entry.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.entry);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    path: '',
                    entry: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.path = reader.string();
                            break;
                        }
                        case 2: {
                            obj.entry = reader.bytes();
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
                                field: `${prefix}.path`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.entry`,
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
        return encodeMessage(obj, RangeItem.codec());
    }
    RangeItem.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RangeItem.codec(), opts);
    }
    RangeItem.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RangeItem.codec(), opts);
    }
    RangeItem.stream = stream;
})(RangeItem || (RangeItem = {}));
