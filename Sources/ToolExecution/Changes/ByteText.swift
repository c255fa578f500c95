import Foundation
import JSONSchemas

/// Bytes that are nearly always text, such as a path, in JSON: as text, or in Base64 under another name where they are
/// none, so that nothing is lost.
enum ByteText {
    static func write(_ bytes: [UInt8], as name: String, into object: inout JSONObject) {
        if let text = String(validating: bytes, as: UTF8.self) {
            object[name] = .string(text)
        } else {
            object[name + "_base64"] = .string(Data(bytes).base64EncodedString())
        }
    }

    static func read(_ name: String, from value: JSONValue) -> [UInt8]? {
        if let text = value[name]?.stringValue { return Array(text.utf8) }
        return value[name + "_base64"]?.stringValue.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
    }
}
