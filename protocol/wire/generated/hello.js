import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var Hello;
(function (Hello) {
    let _codec;
    Hello.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.versionMin != null && obj.versionMin !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.versionMin);
                }
                if ((obj.versionMax != null && obj.versionMax !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.versionMax);
                }
                if ((obj.site != null && obj.site.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.site);
                }
                if ((obj.siteLicense != null && obj.siteLicense.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.siteLicense);
                }
                if ((obj.installLicense != null && obj.installLicense.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.installLicense);
                }
                if ((obj.documentsDigest != null && obj.documentsDigest.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.documentsDigest);
                }
                if ((obj.agent != null && obj.agent !== '')) {
                    w.uint32(58);
                    w.string(obj.agent);
                }
                if ((obj.enrolment != null && obj.enrolment.byteLength > 0)) {
                    w.uint32(66);
                    w.bytes(obj.enrolment);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    versionMin: 0,
                    versionMax: 0,
                    site: uint8ArrayAlloc(0),
                    siteLicense: uint8ArrayAlloc(0),
                    installLicense: uint8ArrayAlloc(0),
                    documentsDigest: uint8ArrayAlloc(0),
                    agent: '',
                    enrolment: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.versionMin = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.versionMax = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.site = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.siteLicense = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.installLicense = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.documentsDigest = reader.bytes();
                            break;
                        }
                        case 7: {
                            obj.agent = reader.string();
                            break;
                        }
                        case 8: {
                            obj.enrolment = reader.bytes();
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
                                field: `${prefix}.versionMin`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.versionMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.site`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.siteLicense`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.installLicense`,
                                value: reader.bytes()
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
                                field: `${prefix}.agent`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.enrolment`,
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
        return encodeMessage(obj, Hello.codec());
    }
    Hello.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Hello.codec(), opts);
    }
    Hello.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Hello.codec(), opts);
    }
    Hello.stream = stream;
})(Hello || (Hello = {}));
