import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var AcknowledgementRecord;
(function (AcknowledgementRecord) {
    let _codec;
    AcknowledgementRecord.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.sequences != null && obj.sequences.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.sequences);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    sequences: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.sequences = reader.bytes();
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
                                field: `${prefix}.sequences`,
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
        return encodeMessage(obj, AcknowledgementRecord.codec());
    }
    AcknowledgementRecord.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, AcknowledgementRecord.codec(), opts);
    }
    AcknowledgementRecord.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, AcknowledgementRecord.codec(), opts);
    }
    AcknowledgementRecord.stream = stream;
})(AcknowledgementRecord || (AcknowledgementRecord = {}));
