import Crypto
import JSONSchemas

/// How entries are hashed.
///
/// An entry's hash is SHA-256 over the byte 0x00 (the leaf prefix of RFC 6962) and this canonical JSON:
/// `{"body":HEX,"kind":K,"previous":HEX,"run":R,"sequence":N,"step":S,"wall_ns":N}`, where `body` is the SHA-256 of
/// the stored body bytes. Hashing the body's hash lets a large body live in a file, or be erased, without
/// breaking the chain.
enum EntryHash {
    static func body(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// What the first entry is chained to.
    static func genesis(identifier: String, createdNanoseconds: Int64) -> [UInt8] {
        let text =
            #"{"created_ns":\#(createdNanoseconds),"format":"warrant-journal-1","#
            + #""journal":\#(JSONValue.string(identifier).serialized(.canonical))}"#
        return Array(SHA256.hash(data: [0] + Array(text.utf8)))
    }

    static func entry(
        sequence: Int, run: String, step: String, kind: String, wallNanoseconds: Int64,
        bodyHash: [UInt8], previousHex: String
    ) -> [UInt8] {
        var bytes: [UInt8] = [0]
        bytes.reserveCapacity(384)
        bytes.append(contentsOf: #"{"body":""#.utf8)
        append(hexOf: bodyHash, to: &bytes)
        bytes.append(
            contentsOf:
                #"","kind":"\#(kind)","previous":"\#(previousHex)","run":"\#(run)","sequence":\#(sequence),"step":"#
                .utf8)
        bytes.append(contentsOf: JSONValue.string(step).serializedBytes(.canonical))
        bytes.append(contentsOf: #","wall_ns":\#(wallNanoseconds)}"#.utf8)
        return Array(SHA256.hash(data: bytes))
    }

    static func hex(_ hash: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        append(hexOf: hash, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(hexOf hash: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        for byte in hash {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}
