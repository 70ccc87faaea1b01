import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime';
export var HelloAnswer;
(function (HelloAnswer) {
    let _codec;
    HelloAnswer.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.alreadyConnected != null) {
                    obj.welcome = undefined;
                    obj.refused = undefined;
                    obj.hello = undefined;
                }
                if (obj.welcome != null) {
                    obj.alreadyConnected = undefined;
                    obj.refused = undefined;
                    obj.hello = undefined;
                }
                if (obj.refused != null) {
                    obj.alreadyConnected = undefined;
                    obj.welcome = undefined;
                    obj.hello = undefined;
                }
                if (obj.hello != null) {
                    obj.alreadyConnected = undefined;
                    obj.welcome = undefined;
                    obj.refused = undefined;
                }
                if (obj.hello != null) {
                    w.uint32(10);
                    w.bytes(obj.hello);
                }
                if (obj.refused != null) {
                    w.uint32(18);
                    Refused.codec().encode(obj.refused, w);
                }
                if (obj.welcome != null) {
                    w.uint32(24);
                    w.bool(obj.welcome);
                }
                if (obj.alreadyConnected != null) {
                    w.uint32(32);
                    w.bool(obj.alreadyConnected);
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
                            obj.hello = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.refused = Refused.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.refused
                            });
                            break;
                        }
                        case 3: {
                            obj.welcome = reader.bool();
                            break;
                        }
                        case 4: {
                            obj.alreadyConnected = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.alreadyConnected != null) {
                    delete obj.welcome;
                    delete obj.refused;
                    delete obj.hello;
                }
                if (obj.welcome != null) {
                    delete obj.alreadyConnected;
                    delete obj.refused;
                    delete obj.hello;
                }
                if (obj.refused != null) {
                    delete obj.alreadyConnected;
                    delete obj.welcome;
                    delete obj.hello;
                }
                if (obj.hello != null) {
                    delete obj.alreadyConnected;
                    delete obj.welcome;
                    delete obj.refused;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.hello`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield* Refused.codec().stream(reader, reader.uint32(), `${prefix}.refused`, {
                                limits: opts.limits?.refused
                            });
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.welcome`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.alreadyConnected`,
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
        return encodeMessage(obj, HelloAnswer.codec());
    }
    HelloAnswer.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, HelloAnswer.codec(), opts);
    }
    HelloAnswer.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, HelloAnswer.codec(), opts);
    }
    HelloAnswer.stream = stream;
})(HelloAnswer || (HelloAnswer = {}));
export var Refused;
(function (Refused) {
    let _codec;
    Refused.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.code != null && obj.code !== '')) {
                    w.uint32(10);
                    w.string(obj.code);
                }
                if ((obj.detail != null && obj.detail !== '')) {
                    w.uint32(18);
                    w.string(obj.detail);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    code: '',
                    detail: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.code = reader.string();
                            break;
                        }
                        case 2: {
                            obj.detail = reader.string();
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
                                field: `${prefix}.code`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.detail`,
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
        return encodeMessage(obj, Refused.codec());
    }
    Refused.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Refused.codec(), opts);
    }
    Refused.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Refused.codec(), opts);
    }
    Refused.stream = stream;
})(Refused || (Refused = {}));
