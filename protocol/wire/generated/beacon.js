import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var SealedBeacon;
(function (SealedBeacon) {
    let _codec;
    SealedBeacon.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.body != null && obj.body.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.body);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    body: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.body = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.signature = reader.bytes();
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
                                field: `${prefix}.body`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.signature`,
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
        return encodeMessage(obj, SealedBeacon.codec());
    }
    SealedBeacon.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SealedBeacon.codec(), opts);
    }
    SealedBeacon.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SealedBeacon.codec(), opts);
    }
    SealedBeacon.stream = stream;
})(SealedBeacon || (SealedBeacon = {}));
export var Beacon;
(function (Beacon) {
    let _codec;
    Beacon.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.site != null && obj.site.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.site);
                }
                if ((obj.peer != null && obj.peer.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.peer);
                }
                if ((obj.life != null && obj.life !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.life);
                }
                if ((obj.sequence != null && obj.sequence !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.sequence);
                }
                if ((obj.sealedAtMs != null && obj.sealedAtMs !== 0)) {
                    w.uint32(40);
                    w.uint64Number(obj.sealedAtMs);
                }
                if ((obj.documentsDigest != null && obj.documentsDigest.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.documentsDigest);
                }
                if ((obj.policyVersion != null && obj.policyVersion !== 0)) {
                    w.uint32(56);
                    w.uint64Number(obj.policyVersion);
                }
                if (obj.collections != null && obj.collections.length > 0) {
                    for (const value of obj.collections) {
                        w.uint32(66);
                        CollectionSummary.codec().encode(value, w);
                    }
                }
                if ((obj.totalCount != null && obj.totalCount !== 0)) {
                    w.uint32(72);
                    w.uint32(obj.totalCount);
                }
                if ((obj.totalDigest != null && obj.totalDigest.byteLength > 0)) {
                    w.uint32(82);
                    w.bytes(obj.totalDigest);
                }
                if (obj.load != null) {
                    w.uint32(90);
                    Load.codec().encode(obj.load, w);
                }
                if ((obj.leaving != null && obj.leaving !== false)) {
                    w.uint32(96);
                    w.bool(obj.leaving);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    site: uint8ArrayAlloc(0),
                    peer: uint8ArrayAlloc(0),
                    life: 0,
                    sequence: 0,
                    sealedAtMs: 0,
                    documentsDigest: uint8ArrayAlloc(0),
                    policyVersion: 0,
                    collections: [],
                    totalCount: 0,
                    totalDigest: uint8ArrayAlloc(0),
                    leaving: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.site = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.peer = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.life = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.sequence = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.sealedAtMs = reader.uint64Number();
                            break;
                        }
                        case 6: {
                            obj.documentsDigest = reader.bytes();
                            break;
                        }
                        case 7: {
                            obj.policyVersion = reader.uint64Number();
                            break;
                        }
                        case 8: {
                            if (opts.limits?.collections != null && obj.collections.length === opts.limits.collections) {
                                throw new MaxLengthError('Decode error - repeated field "collections" had too many elements');
                            }
                            obj.collections.push(CollectionSummary.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.collections$
                            }));
                            break;
                        }
                        case 9: {
                            obj.totalCount = reader.uint32();
                            break;
                        }
                        case 10: {
                            obj.totalDigest = reader.bytes();
                            break;
                        }
                        case 11: {
                            obj.load = Load.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.load
                            });
                            break;
                        }
                        case 12: {
                            obj.leaving = reader.bool();
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
                    collections: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.site`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.peer`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.life`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.sequence`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.sealedAtMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.documentsDigest`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.policyVersion`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 8: {
                            if (opts.limits?.collections != null && obj.collections === opts.limits.collections) {
                                throw new MaxLengthError('Streaming decode error - repeated field "collections" had too many elements');
                            }
                            for (const evt of CollectionSummary.codec().stream(reader, reader.uint32(), `${prefix}.collections[]`, {
                                limits: opts.limits?.collections$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.collections
                                };
                            }
                            obj.collections++;
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.totalCount`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.totalDigest`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 11: {
                            yield* Load.codec().stream(reader, reader.uint32(), `${prefix}.load`, {
                                limits: opts.limits?.load
                            });
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.leaving`,
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
        return encodeMessage(obj, Beacon.codec());
    }
    Beacon.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Beacon.codec(), opts);
    }
    Beacon.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Beacon.codec(), opts);
    }
    Beacon.stream = stream;
})(Beacon || (Beacon = {}));
export var CollectionSummary;
(function (CollectionSummary) {
    let _codec;
    CollectionSummary.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.collection != null && obj.collection !== '')) {
                    w.uint32(10);
                    w.string(obj.collection);
                }
                if ((obj.contextDigest != null && obj.contextDigest.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.contextDigest);
                }
                if ((obj.count != null && obj.count !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.count);
                }
                if ((obj.sum != null && obj.sum.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.sum);
                }
                if ((obj.state != null && obj.state !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.state);
                }
                if ((obj.missingFiles != null && obj.missingFiles !== 0)) {
                    w.uint32(48);
                    w.uint64Number(obj.missingFiles);
                }
                if ((obj.missingBytes != null && obj.missingBytes !== 0)) {
                    w.uint32(56);
                    w.uint64Number(obj.missingBytes);
                }
                if ((obj.blockedFiles != null && obj.blockedFiles !== 0)) {
                    w.uint32(64);
                    w.uint64Number(obj.blockedFiles);
                }
                if ((obj.heldBack != null && obj.heldBack !== 0)) {
                    w.uint32(72);
                    w.uint64Number(obj.heldBack);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    collection: '',
                    contextDigest: uint8ArrayAlloc(0),
                    count: 0,
                    sum: uint8ArrayAlloc(0),
                    state: 0,
                    missingFiles: 0,
                    missingBytes: 0,
                    blockedFiles: 0,
                    heldBack: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.collection = reader.string();
                            break;
                        }
                        case 2: {
                            obj.contextDigest = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.count = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.sum = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.state = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.missingFiles = reader.uint64Number();
                            break;
                        }
                        case 7: {
                            obj.missingBytes = reader.uint64Number();
                            break;
                        }
                        case 8: {
                            obj.blockedFiles = reader.uint64Number();
                            break;
                        }
                        case 9: {
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
                                field: `${prefix}.collection`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.contextDigest`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.count`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.sum`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.state`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.missingFiles`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.missingBytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.blockedFiles`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 9: {
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
        return encodeMessage(obj, CollectionSummary.codec());
    }
    CollectionSummary.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CollectionSummary.codec(), opts);
    }
    CollectionSummary.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CollectionSummary.codec(), opts);
    }
    CollectionSummary.stream = stream;
})(CollectionSummary || (CollectionSummary = {}));
export var Load;
(function (Load) {
    let _codec;
    Load.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.cpuPerMille != null && obj.cpuPerMille !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.cpuPerMille);
                }
                if ((obj.memoryBytesFree != null && obj.memoryBytesFree !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.memoryBytesFree);
                }
                if ((obj.memoryBytesTotal != null && obj.memoryBytesTotal !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.memoryBytesTotal);
                }
                if ((obj.processBytes != null && obj.processBytes !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.processBytes);
                }
                if ((obj.eventLoopDelayMs != null && obj.eventLoopDelayMs !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.eventLoopDelayMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    cpuPerMille: 0,
                    memoryBytesFree: 0,
                    memoryBytesTotal: 0,
                    processBytes: 0,
                    eventLoopDelayMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.cpuPerMille = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.memoryBytesFree = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.memoryBytesTotal = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.processBytes = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.eventLoopDelayMs = reader.uint32();
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
                                field: `${prefix}.cpuPerMille`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.memoryBytesFree`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.memoryBytesTotal`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.processBytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.eventLoopDelayMs`,
                                value: reader.uint32()
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
        return encodeMessage(obj, Load.codec());
    }
    Load.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Load.codec(), opts);
    }
    Load.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Load.codec(), opts);
    }
    Load.stream = stream;
})(Load || (Load = {}));
