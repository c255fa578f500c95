import Crypto
import JSONSchemas

/// Lower-case hex SHA-256 of a value's canonical JSON.
func digest(of value: JSONValue) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in SHA256.hash(data: value.serializedBytes(.canonical)) {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
