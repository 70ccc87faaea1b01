import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var Record;
(function (Record) {
    let _codec;
    Record.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.kind != null && obj.kind !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.kind);
                }
                if ((obj.key != null && obj.key.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.key);
                }
                if ((obj.tombstone != null && obj.tombstone !== false)) {
                    w.uint32(24);
                    w.bool(obj.tombstone);
                }
                if ((obj.payload != null && obj.payload.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.payload);
                }
                if ((obj.ownCause != null && obj.ownCause !== 0)) {
                    w.uint32(40);
                    w.uint64Number(obj.ownCause);
                }
                if ((obj.causes != null && obj.causes.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.causes);
                }
                if ((obj.spared != null && obj.spared.byteLength > 0)) {
                    w.uint32(58);
                    w.bytes(obj.spared);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    kind: 0,
                    key: uint8ArrayAlloc(0),
                    tombstone: false,
                    payload: uint8ArrayAlloc(0),
                    ownCause: 0,
                    causes: uint8ArrayAlloc(0),
                    spared: uint8ArrayAlloc(0)
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
                            obj.key = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.tombstone = reader.bool();
                            break;
                        }
                        case 4: {
                            obj.payload = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.ownCause = reader.uint64Number();
                            break;
                        }
                        case 6: {
                            obj.causes = reader.bytes();
                            break;
                        }
                        case 7: {
                            obj.spared = reader.bytes();
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
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.key`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.tombstone`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.payload`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.ownCause`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.causes`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.spared`,
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
        return encodeMessage(obj, Record.codec());
    }
    Record.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Record.codec(), opts);
    }
    Record.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Record.codec(), opts);
    }
    Record.stream = stream;
})(Record || (Record = {}));
export var BatchHeader;
(function (BatchHeader) {
    let _codec;
    BatchHeader.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.site != null && obj.site.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.site);
                }
                if ((obj.collection != null && obj.collection.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.collection);
                }
                if ((obj.writer != null && obj.writer.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.writer);
                }
                if ((obj.first != null && obj.first !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.first);
                }
                if ((obj.count != null && obj.count !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.count);
                }
                if ((obj.policyVersion != null && obj.policyVersion !== 0)) {
                    w.uint32(48);
                    w.uint64Number(obj.policyVersion);
                }
                if ((obj.sealedAtMs != null && obj.sealedAtMs !== 0)) {
                    w.uint32(56);
                    w.uint64Number(obj.sealedAtMs);
                }
                if ((obj.root != null && obj.root.byteLength > 0)) {
                    w.uint32(66);
                    w.bytes(obj.root);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    site: uint8ArrayAlloc(0),
                    collection: uint8ArrayAlloc(0),
                    writer: uint8ArrayAlloc(0),
                    first: 0,
                    count: 0,
                    policyVersion: 0,
                    sealedAtMs: 0,
                    root: uint8ArrayAlloc(0)
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
                            obj.collection = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.writer = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.first = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.count = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.policyVersion = reader.uint64Number();
                            break;
                        }
                        case 7: {
                            obj.sealedAtMs = reader.uint64Number();
                            break;
                        }
                        case 8: {
                            obj.root = reader.bytes();
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
                                field: `${prefix}.site`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.collection`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.writer`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.first`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.count`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.policyVersion`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.sealedAtMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.root`,
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
        return encodeMessage(obj, BatchHeader.codec());
    }
    BatchHeader.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BatchHeader.codec(), opts);
    }
    BatchHeader.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BatchHeader.codec(), opts);
    }
    BatchHeader.stream = stream;
})(BatchHeader || (BatchHeader = {}));
export var BatchHead;
(function (BatchHead) {
    let _codec;
    BatchHead.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.header != null && obj.header.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.header);
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
                    header: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.header = reader.bytes();
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
                                field: `${prefix}.header`,
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
        return encodeMessage(obj, BatchHead.codec());
    }
    BatchHead.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BatchHead.codec(), opts);
    }
    BatchHead.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BatchHead.codec(), opts);
    }
    BatchHead.stream = stream;
})(BatchHead || (BatchHead = {}));
export var BatchPart;
(function (BatchPart) {
    let _codec;
    BatchPart.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.head != null) {
                    w.uint32(10);
                    BatchHead.codec().encode(obj.head, w);
                }
                if ((obj.live != null && obj.live.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.live);
                }
                if (obj.records != null && obj.records.length > 0) {
                    for (const value of obj.records) {
                        w.uint32(26);
                        w.bytes(value);
                    }
                }
                if ((obj.dead != null && obj.dead.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.dead);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    live: uint8ArrayAlloc(0),
                    records: [],
                    dead: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.head = BatchHead.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.head
                            });
                            break;
                        }
                        case 2: {
                            obj.live = reader.bytes();
                            break;
                        }
                        case 3: {
                            if (opts.limits?.records != null && obj.records.length === opts.limits.records) {
                                throw new MaxLengthError('Decode error - repeated field "records" had too many elements');
                            }
                            obj.records.push(reader.bytes());
                            break;
                        }
                        case 4: {
                            obj.dead = reader.bytes();
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
                    records: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* BatchHead.codec().stream(reader, reader.uint32(), `${prefix}.head`, {
                                limits: opts.limits?.head
                            });
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.live`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            if (opts.limits?.records != null && obj.records === opts.limits.records) {
                                throw new MaxLengthError('Streaming decode error - repeated field "records" had too many elements');
                            }
                            yield {
                                field: `${prefix}.records[]`,
                                index: obj.records,
                                value: reader.bytes()
                            };
                            obj.records++;
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.dead`,
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
        return encodeMessage(obj, BatchPart.codec());
    }
    BatchPart.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BatchPart.codec(), opts);
    }
    BatchPart.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BatchPart.codec(), opts);
    }
    BatchPart.stream = stream;
})(BatchPart || (BatchPart = {}));
export var CollectionDigest;
(function (CollectionDigest) {
    let _codec;
    CollectionDigest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.collection != null && obj.collection.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.collection);
                }
                if ((obj.context != null && obj.context.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.context);
                }
                if ((obj.count != null && obj.count !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.count);
                }
                if ((obj.sum != null && obj.sum.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.sum);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    collection: uint8ArrayAlloc(0),
                    context: uint8ArrayAlloc(0),
                    count: 0,
                    sum: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.collection = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.context = reader.bytes();
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
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.context`,
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
        return encodeMessage(obj, CollectionDigest.codec());
    }
    CollectionDigest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CollectionDigest.codec(), opts);
    }
    CollectionDigest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CollectionDigest.codec(), opts);
    }
    CollectionDigest.stream = stream;
})(CollectionDigest || (CollectionDigest = {}));
export var RecordsRequest;
(function (RecordsRequest) {
    let _codec;
    RecordsRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.digests != null) {
                    w.uint32(10);
                    DigestsRequest.codec().encode(obj.digests, w);
                }
                if (obj.delta != null) {
                    w.uint32(18);
                    DeltaRequest.codec().encode(obj.delta, w);
                }
                if (obj.writer != null) {
                    w.uint32(26);
                    WriterRequest.codec().encode(obj.writer, w);
                }
                if (obj.buckets != null) {
                    w.uint32(34);
                    BucketsRequest.codec().encode(obj.buckets, w);
                }
                if (obj.siblings != null) {
                    w.uint32(42);
                    SiblingsRequest.codec().encode(obj.siblings, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.digests = DigestsRequest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.digests
                            });
                            break;
                        }
                        case 2: {
                            obj.delta = DeltaRequest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.delta
                            });
                            break;
                        }
                        case 3: {
                            obj.writer = WriterRequest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.writer
                            });
                            break;
                        }
                        case 4: {
                            obj.buckets = BucketsRequest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.buckets
                            });
                            break;
                        }
                        case 5: {
                            obj.siblings = SiblingsRequest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.siblings
                            });
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
                            yield* DigestsRequest.codec().stream(reader, reader.uint32(), `${prefix}.digests`, {
                                limits: opts.limits?.digests
                            });
                            break;
                        }
                        case 2: {
                            yield* DeltaRequest.codec().stream(reader, reader.uint32(), `${prefix}.delta`, {
                                limits: opts.limits?.delta
                            });
                            break;
                        }
                        case 3: {
                            yield* WriterRequest.codec().stream(reader, reader.uint32(), `${prefix}.writer`, {
                                limits: opts.limits?.writer
                            });
                            break;
                        }
                        case 4: {
                            yield* BucketsRequest.codec().stream(reader, reader.uint32(), `${prefix}.buckets`, {
                                limits: opts.limits?.buckets
                            });
                            break;
                        }
                        case 5: {
                            yield* SiblingsRequest.codec().stream(reader, reader.uint32(), `${prefix}.siblings`, {
                                limits: opts.limits?.siblings
                            });
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
        return encodeMessage(obj, RecordsRequest.codec());
    }
    RecordsRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RecordsRequest.codec(), opts);
    }
    RecordsRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RecordsRequest.codec(), opts);
    }
    RecordsRequest.stream = stream;
})(RecordsRequest || (RecordsRequest = {}));
export var DigestsRequest;
(function (DigestsRequest) {
    let _codec;
    DigestsRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.collections != null && obj.collections.length > 0) {
                    for (const value of obj.collections) {
                        w.uint32(10);
                        CollectionDigest.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    collections: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.collections != null && obj.collections.length === opts.limits.collections) {
                                throw new MaxLengthError('Decode error - repeated field "collections" had too many elements');
                            }
                            obj.collections.push(CollectionDigest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.collections$
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
                    collections: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.collections != null && obj.collections === opts.limits.collections) {
                                throw new MaxLengthError('Streaming decode error - repeated field "collections" had too many elements');
                            }
                            for (const evt of CollectionDigest.codec().stream(reader, reader.uint32(), `${prefix}.collections[]`, {
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
        return encodeMessage(obj, DigestsRequest.codec());
    }
    DigestsRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DigestsRequest.codec(), opts);
    }
    DigestsRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DigestsRequest.codec(), opts);
    }
    DigestsRequest.stream = stream;
})(DigestsRequest || (DigestsRequest = {}));
export var DigestsAnswer;
(function (DigestsAnswer) {
    let _codec;
    DigestsAnswer.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.standings != null && obj.standings.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.standings);
                }
                if (obj.differing != null && obj.differing.length > 0) {
                    for (const value of obj.differing) {
                        w.uint32(18);
                        CollectionDigest.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    standings: uint8ArrayAlloc(0),
                    differing: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.standings = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.differing != null && obj.differing.length === opts.limits.differing) {
                                throw new MaxLengthError('Decode error - repeated field "differing" had too many elements');
                            }
                            obj.differing.push(CollectionDigest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.differing$
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
                    differing: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.standings`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.differing != null && obj.differing === opts.limits.differing) {
                                throw new MaxLengthError('Streaming decode error - repeated field "differing" had too many elements');
                            }
                            for (const evt of CollectionDigest.codec().stream(reader, reader.uint32(), `${prefix}.differing[]`, {
                                limits: opts.limits?.differing$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.differing
                                };
                            }
                            obj.differing++;
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
        return encodeMessage(obj, DigestsAnswer.codec());
    }
    DigestsAnswer.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DigestsAnswer.codec(), opts);
    }
    DigestsAnswer.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DigestsAnswer.codec(), opts);
    }
    DigestsAnswer.stream = stream;
})(DigestsAnswer || (DigestsAnswer = {}));
export var DeltaRequest;
(function (DeltaRequest) {
    let _codec;
    DeltaRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.collection != null && obj.collection.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.collection);
                }
                if ((obj.context != null && obj.context.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.context);
                }
                if ((obj.skip != null && obj.skip.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.skip);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    collection: uint8ArrayAlloc(0),
                    context: uint8ArrayAlloc(0),
                    skip: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.collection = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.context = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.skip = reader.bytes();
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
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.context`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.skip`,
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
        return encodeMessage(obj, DeltaRequest.codec());
    }
    DeltaRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DeltaRequest.codec(), opts);
    }
    DeltaRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DeltaRequest.codec(), opts);
    }
    DeltaRequest.stream = stream;
})(DeltaRequest || (DeltaRequest = {}));
export var DeltaAnswer;
(function (DeltaAnswer) {
    let _codec;
    DeltaAnswer.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.writers != null && obj.writers.length > 0) {
                    for (const value of obj.writers) {
                        w.uint32(10);
                        WriterDelta.codec().encode(value, w);
                    }
                }
                if (obj.forks != null && obj.forks.length > 0) {
                    for (const value of obj.forks) {
                        w.uint32(18);
                        Fork.codec().encode(value, w);
                    }
                }
                if ((obj.more != null && obj.more !== false)) {
                    w.uint32(24);
                    w.bool(obj.more);
                }
                if ((obj.floor != null && obj.floor.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.floor);
                }
                if ((obj.goal != null && obj.goal.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.goal);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    writers: [],
                    forks: [],
                    more: false,
                    floor: uint8ArrayAlloc(0),
                    goal: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.writers != null && obj.writers.length === opts.limits.writers) {
                                throw new MaxLengthError('Decode error - repeated field "writers" had too many elements');
                            }
                            obj.writers.push(WriterDelta.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.writers$
                            }));
                            break;
                        }
                        case 2: {
                            if (opts.limits?.forks != null && obj.forks.length === opts.limits.forks) {
                                throw new MaxLengthError('Decode error - repeated field "forks" had too many elements');
                            }
                            obj.forks.push(Fork.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.forks$
                            }));
                            break;
                        }
                        case 3: {
                            obj.more = reader.bool();
                            break;
                        }
                        case 4: {
                            obj.floor = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.goal = reader.bytes();
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
                    writers: 0,
                    forks: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.writers != null && obj.writers === opts.limits.writers) {
                                throw new MaxLengthError('Streaming decode error - repeated field "writers" had too many elements');
                            }
                            for (const evt of WriterDelta.codec().stream(reader, reader.uint32(), `${prefix}.writers[]`, {
                                limits: opts.limits?.writers$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.writers
                                };
                            }
                            obj.writers++;
                            break;
                        }
                        case 2: {
                            if (opts.limits?.forks != null && obj.forks === opts.limits.forks) {
                                throw new MaxLengthError('Streaming decode error - repeated field "forks" had too many elements');
                            }
                            for (const evt of Fork.codec().stream(reader, reader.uint32(), `${prefix}.forks[]`, {
                                limits: opts.limits?.forks$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.forks
                                };
                            }
                            obj.forks++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.more`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.floor`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.goal`,
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
        return encodeMessage(obj, DeltaAnswer.codec());
    }
    DeltaAnswer.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DeltaAnswer.codec(), opts);
    }
    DeltaAnswer.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DeltaAnswer.codec(), opts);
    }
    DeltaAnswer.stream = stream;
})(DeltaAnswer || (DeltaAnswer = {}));
export var WriterDelta;
(function (WriterDelta) {
    let _codec;
    WriterDelta.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.batches != null && obj.batches.length > 0) {
                    for (const value of obj.batches) {
                        w.uint32(10);
                        BatchPart.codec().encode(value, w);
                    }
                }
                if (obj.tail != null) {
                    w.uint32(18);
                    BatchHead.codec().encode(obj.tail, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    batches: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.batches != null && obj.batches.length === opts.limits.batches) {
                                throw new MaxLengthError('Decode error - repeated field "batches" had too many elements');
                            }
                            obj.batches.push(BatchPart.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.batches$
                            }));
                            break;
                        }
                        case 2: {
                            obj.tail = BatchHead.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.tail
                            });
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
                    batches: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.batches != null && obj.batches === opts.limits.batches) {
                                throw new MaxLengthError('Streaming decode error - repeated field "batches" had too many elements');
                            }
                            for (const evt of BatchPart.codec().stream(reader, reader.uint32(), `${prefix}.batches[]`, {
                                limits: opts.limits?.batches$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.batches
                                };
                            }
                            obj.batches++;
                            break;
                        }
                        case 2: {
                            yield* BatchHead.codec().stream(reader, reader.uint32(), `${prefix}.tail`, {
                                limits: opts.limits?.tail
                            });
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
        return encodeMessage(obj, WriterDelta.codec());
    }
    WriterDelta.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, WriterDelta.codec(), opts);
    }
    WriterDelta.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, WriterDelta.codec(), opts);
    }
    WriterDelta.stream = stream;
})(WriterDelta || (WriterDelta = {}));
export var Fork;
(function (Fork) {
    let _codec;
    Fork.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.one != null) {
                    w.uint32(10);
                    BatchHead.codec().encode(obj.one, w);
                }
                if (obj.other != null) {
                    w.uint32(18);
                    BatchHead.codec().encode(obj.other, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.one = BatchHead.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.one
                            });
                            break;
                        }
                        case 2: {
                            obj.other = BatchHead.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.other
                            });
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
                            yield* BatchHead.codec().stream(reader, reader.uint32(), `${prefix}.one`, {
                                limits: opts.limits?.one
                            });
                            break;
                        }
                        case 2: {
                            yield* BatchHead.codec().stream(reader, reader.uint32(), `${prefix}.other`, {
                                limits: opts.limits?.other
                            });
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
        return encodeMessage(obj, Fork.codec());
    }
    Fork.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Fork.codec(), opts);
    }
    Fork.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Fork.codec(), opts);
    }
    Fork.stream = stream;
})(Fork || (Fork = {}));
export var WriterRequest;
(function (WriterRequest) {
    let _codec;
    WriterRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.writer != null && obj.writer.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.writer);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    writer: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.writer = reader.bytes();
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
                                field: `${prefix}.writer`,
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
        return encodeMessage(obj, WriterRequest.codec());
    }
    WriterRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, WriterRequest.codec(), opts);
    }
    WriterRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, WriterRequest.codec(), opts);
    }
    WriterRequest.stream = stream;
})(WriterRequest || (WriterRequest = {}));
export var WriterAnswer;
(function (WriterAnswer) {
    let _codec;
    WriterAnswer.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.collections != null && obj.collections.length > 0) {
                    for (const value of obj.collections) {
                        w.uint32(10);
                        WriterStanding.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    collections: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.collections != null && obj.collections.length === opts.limits.collections) {
                                throw new MaxLengthError('Decode error - repeated field "collections" had too many elements');
                            }
                            obj.collections.push(WriterStanding.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.collections$
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
                    collections: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.collections != null && obj.collections === opts.limits.collections) {
                                throw new MaxLengthError('Streaming decode error - repeated field "collections" had too many elements');
                            }
                            for (const evt of WriterStanding.codec().stream(reader, reader.uint32(), `${prefix}.collections[]`, {
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
        return encodeMessage(obj, WriterAnswer.codec());
    }
    WriterAnswer.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, WriterAnswer.codec(), opts);
    }
    WriterAnswer.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, WriterAnswer.codec(), opts);
    }
    WriterAnswer.stream = stream;
})(WriterAnswer || (WriterAnswer = {}));
export var WriterStanding;
(function (WriterStanding) {
    let _codec;
    WriterStanding.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.collection != null && obj.collection.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.collection);
                }
                if ((obj.sequence != null && obj.sequence !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.sequence);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    collection: uint8ArrayAlloc(0),
                    sequence: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.collection = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.sequence = reader.uint64Number();
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
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.sequence`,
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
        return encodeMessage(obj, WriterStanding.codec());
    }
    WriterStanding.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, WriterStanding.codec(), opts);
    }
    WriterStanding.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, WriterStanding.codec(), opts);
    }
    WriterStanding.stream = stream;
})(WriterStanding || (WriterStanding = {}));
export var BucketsRequest;
(function (BucketsRequest) {
    let _codec;
    BucketsRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.collection != null && obj.collection.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.collection);
                }
                if (obj.prefixes != null && obj.prefixes.length > 0) {
                    for (const value of obj.prefixes) {
                        w.uint32(18);
                        w.string(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    collection: uint8ArrayAlloc(0),
                    prefixes: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.collection = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.prefixes != null && obj.prefixes.length === opts.limits.prefixes) {
                                throw new MaxLengthError('Decode error - repeated field "prefixes" had too many elements');
                            }
                            obj.prefixes.push(reader.string());
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
                    prefixes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.collection`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.prefixes != null && obj.prefixes === opts.limits.prefixes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "prefixes" had too many elements');
                            }
                            yield {
                                field: `${prefix}.prefixes[]`,
                                index: obj.prefixes,
                                value: reader.string()
                            };
                            obj.prefixes++;
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
        return encodeMessage(obj, BucketsRequest.codec());
    }
    BucketsRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BucketsRequest.codec(), opts);
    }
    BucketsRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BucketsRequest.codec(), opts);
    }
    BucketsRequest.stream = stream;
})(BucketsRequest || (BucketsRequest = {}));
export var BucketsAnswer;
(function (BucketsAnswer) {
    let _codec;
    BucketsAnswer.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.context != null && obj.context.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.context);
                }
                if ((obj.fingerprints != null && obj.fingerprints.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.fingerprints);
                }
                if ((obj.unsure != null && obj.unsure !== false)) {
                    w.uint32(24);
                    w.bool(obj.unsure);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    context: uint8ArrayAlloc(0),
                    fingerprints: uint8ArrayAlloc(0),
                    unsure: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.context = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.fingerprints = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.unsure = reader.bool();
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
                                field: `${prefix}.context`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.fingerprints`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.unsure`,
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
        return encodeMessage(obj, BucketsAnswer.codec());
    }
    BucketsAnswer.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BucketsAnswer.codec(), opts);
    }
    BucketsAnswer.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BucketsAnswer.codec(), opts);
    }
    BucketsAnswer.stream = stream;
})(BucketsAnswer || (BucketsAnswer = {}));
export var SiblingsRequest;
(function (SiblingsRequest) {
    let _codec;
    SiblingsRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.collection != null && obj.collection.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.collection);
                }
                if (obj.prefixes != null && obj.prefixes.length > 0) {
                    for (const value of obj.prefixes) {
                        w.uint32(18);
                        w.string(value);
                    }
                }
                if ((obj.after != null && obj.after.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.after);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    collection: uint8ArrayAlloc(0),
                    prefixes: [],
                    after: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.collection = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.prefixes != null && obj.prefixes.length === opts.limits.prefixes) {
                                throw new MaxLengthError('Decode error - repeated field "prefixes" had too many elements');
                            }
                            obj.prefixes.push(reader.string());
                            break;
                        }
                        case 3: {
                            obj.after = reader.bytes();
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
                    prefixes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.collection`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.prefixes != null && obj.prefixes === opts.limits.prefixes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "prefixes" had too many elements');
                            }
                            yield {
                                field: `${prefix}.prefixes[]`,
                                index: obj.prefixes,
                                value: reader.string()
                            };
                            obj.prefixes++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.after`,
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
        return encodeMessage(obj, SiblingsRequest.codec());
    }
    SiblingsRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SiblingsRequest.codec(), opts);
    }
    SiblingsRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SiblingsRequest.codec(), opts);
    }
    SiblingsRequest.stream = stream;
})(SiblingsRequest || (SiblingsRequest = {}));
export var SiblingsAnswer;
(function (SiblingsAnswer) {
    let _codec;
    SiblingsAnswer.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.batches != null && obj.batches.length > 0) {
                    for (const value of obj.batches) {
                        w.uint32(10);
                        BatchPart.codec().encode(value, w);
                    }
                }
                if ((obj.next != null && obj.next.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.next);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    batches: [],
                    next: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.batches != null && obj.batches.length === opts.limits.batches) {
                                throw new MaxLengthError('Decode error - repeated field "batches" had too many elements');
                            }
                            obj.batches.push(BatchPart.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.batches$
                            }));
                            break;
                        }
                        case 2: {
                            obj.next = reader.bytes();
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
                    batches: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.batches != null && obj.batches === opts.limits.batches) {
                                throw new MaxLengthError('Streaming decode error - repeated field "batches" had too many elements');
                            }
                            for (const evt of BatchPart.codec().stream(reader, reader.uint32(), `${prefix}.batches[]`, {
                                limits: opts.limits?.batches$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.batches
                                };
                            }
                            obj.batches++;
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.next`,
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
        return encodeMessage(obj, SiblingsAnswer.codec());
    }
    SiblingsAnswer.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SiblingsAnswer.codec(), opts);
    }
    SiblingsAnswer.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SiblingsAnswer.codec(), opts);
    }
    SiblingsAnswer.stream = stream;
})(SiblingsAnswer || (SiblingsAnswer = {}));
