import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var BatchRow;
(function (BatchRow) {
    let _codec;
    BatchRow.codec = () => {
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
                if ((obj.live != null && obj.live.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.live);
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
                    header: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0),
                    live: uint8ArrayAlloc(0),
                    dead: uint8ArrayAlloc(0)
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
                        case 3: {
                            obj.live = reader.bytes();
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
                        case 3: {
                            yield {
                                field: `${prefix}.live`,
                                value: reader.bytes()
                            };
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
        return encodeMessage(obj, BatchRow.codec());
    }
    BatchRow.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BatchRow.codec(), opts);
    }
    BatchRow.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BatchRow.codec(), opts);
    }
    BatchRow.stream = stream;
})(BatchRow || (BatchRow = {}));
export var WriterRow;
(function (WriterRow) {
    let _codec;
    WriterRow.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.number != null && obj.number !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.number);
                }
                if ((obj.sequence != null && obj.sequence !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.sequence);
                }
                if ((obj.frozen != null && obj.frozen !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.frozen);
                }
                if (obj.newest != null) {
                    w.uint32(34);
                    HeadRow.codec().encode(obj.newest, w);
                }
                if (obj.forkOne != null) {
                    w.uint32(42);
                    HeadRow.codec().encode(obj.forkOne, w);
                }
                if (obj.forkOther != null) {
                    w.uint32(50);
                    HeadRow.codec().encode(obj.forkOther, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    number: 0,
                    sequence: 0,
                    frozen: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.number = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.sequence = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.frozen = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.newest = HeadRow.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.newest
                            });
                            break;
                        }
                        case 5: {
                            obj.forkOne = HeadRow.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.forkOne
                            });
                            break;
                        }
                        case 6: {
                            obj.forkOther = HeadRow.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.forkOther
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
                            yield {
                                field: `${prefix}.number`,
                                value: reader.uint32()
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
                        case 3: {
                            yield {
                                field: `${prefix}.frozen`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield* HeadRow.codec().stream(reader, reader.uint32(), `${prefix}.newest`, {
                                limits: opts.limits?.newest
                            });
                            break;
                        }
                        case 5: {
                            yield* HeadRow.codec().stream(reader, reader.uint32(), `${prefix}.forkOne`, {
                                limits: opts.limits?.forkOne
                            });
                            break;
                        }
                        case 6: {
                            yield* HeadRow.codec().stream(reader, reader.uint32(), `${prefix}.forkOther`, {
                                limits: opts.limits?.forkOther
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
        return encodeMessage(obj, WriterRow.codec());
    }
    WriterRow.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, WriterRow.codec(), opts);
    }
    WriterRow.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, WriterRow.codec(), opts);
    }
    WriterRow.stream = stream;
})(WriterRow || (WriterRow = {}));
export var FloorRow;
(function (FloorRow) {
    let _codec;
    FloorRow.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.floor != null && obj.floor.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.floor);
                }
                if ((obj.goal != null && obj.goal.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.goal);
                }
                if ((obj.catchingUp != null && obj.catchingUp !== false)) {
                    w.uint32(24);
                    w.bool(obj.catchingUp);
                }
                if (obj.claimants != null && obj.claimants.length > 0) {
                    for (const value of obj.claimants) {
                        w.uint32(34);
                        w.string(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    floor: uint8ArrayAlloc(0),
                    goal: uint8ArrayAlloc(0),
                    catchingUp: false,
                    claimants: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.floor = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.goal = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.catchingUp = reader.bool();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.claimants != null && obj.claimants.length === opts.limits.claimants) {
                                throw new MaxLengthError('Decode error - repeated field "claimants" had too many elements');
                            }
                            obj.claimants.push(reader.string());
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
                    claimants: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.floor`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.goal`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.catchingUp`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.claimants != null && obj.claimants === opts.limits.claimants) {
                                throw new MaxLengthError('Streaming decode error - repeated field "claimants" had too many elements');
                            }
                            yield {
                                field: `${prefix}.claimants[]`,
                                index: obj.claimants,
                                value: reader.string()
                            };
                            obj.claimants++;
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
        return encodeMessage(obj, FloorRow.codec());
    }
    FloorRow.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, FloorRow.codec(), opts);
    }
    FloorRow.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, FloorRow.codec(), opts);
    }
    FloorRow.stream = stream;
})(FloorRow || (FloorRow = {}));
export var HeadRow;
(function (HeadRow) {
    let _codec;
    HeadRow.codec = () => {
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
        return encodeMessage(obj, HeadRow.codec());
    }
    HeadRow.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, HeadRow.codec(), opts);
    }
    HeadRow.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, HeadRow.codec(), opts);
    }
    HeadRow.stream = stream;
})(HeadRow || (HeadRow = {}));
