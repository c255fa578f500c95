import Crypto
import JSONSchemas

/// How entries are hashed.
///
/// An entry's hash is SHA-256 over the byte 0x00 (the leaf prefix of RFC 6962) and this canonical JSON:
/// `{"body":HEX,"epoch":N,"kind":K,"previous":HEX,"run":R,"sequence":N,"step":S,"subject":S,"wall_ns":N}`, where
/// `body` is the SHA-256 of the stored body bytes, or of a random salt and these bytes where the body lies outside of
/// the entry. Hashing the body's hash lets a body live elsewhere, or be erased, without breaking the chain; the salt
/// keeps a short body from being guessed from its hash once it is erased.
enum EntryHash {
    /// Names the format in the first link of the chain and in every checkpoint.
    static let format = "warrant-journal-2"
    static let saltByteCount = 16
    private static let digits = Array("0123456789abcdef".utf8)

    static func body(_ bytes: [UInt8], salt: [UInt8] = []) -> [UInt8] {
        guard !salt.isEmpty else { return Array(SHA256.hash(data: bytes)) }
        var hash = SHA256()
        hash.update(data: salt)
        hash.update(data: bytes)
        return Array(hash.finalize())
    }

    /// What the first entry is chained to.
    static func genesis(identifier: String, createdNanoseconds: Int64) -> [UInt8] {
        let text =
            #"{"created_ns":\#(createdNanoseconds),"format":"\#(format)","#
            + #""journal":\#(JSONValue.string(identifier).serialized(.canonical))}"#
        return Array(SHA256.hash(data: [0] + Array(text.utf8)))
    }

    /// Everything about an entry that its hash covers, besides the body.
    struct Fields {
        var sequence: Int
        var run: String
        var step: String
        var kind: String
        var subject: String
        var epoch: Int
        var wallNanoseconds: Int64
    }

    static func entry(_ fields: Fields, bodyHash: [UInt8], previous: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0]
        bytes.reserveCapacity(448)
        bytes.append(contentsOf: #"{"body":""#.utf8)
        append(hexOf: bodyHash, to: &bytes)
        bytes.append(contentsOf: #"","epoch":"#.utf8)
        bytes.append(contentsOf: String(fields.epoch).utf8)
        bytes.append(contentsOf: #","kind":""#.utf8)
        bytes.append(contentsOf: fields.kind.utf8)
        bytes.append(contentsOf: #"","previous":""#.utf8)
        append(hexOf: previous, to: &bytes)
        bytes.append(contentsOf: #"","run":""#.utf8)
        bytes.append(contentsOf: fields.run.utf8)
        bytes.append(contentsOf: #"","sequence":"#.utf8)
        bytes.append(contentsOf: String(fields.sequence).utf8)
        bytes.append(contentsOf: #","step":"#.utf8)
        append(quoted: fields.step, to: &bytes)
        bytes.append(contentsOf: #","subject":"#.utf8)
        append(quoted: fields.subject, to: &bytes)
        bytes.append(contentsOf: #","wall_ns":"#.utf8)
        bytes.append(contentsOf: String(fields.wallNanoseconds).utf8)
        bytes.append(UInt8(ascii: "}"))
        return Array(SHA256.hash(data: bytes))
    }

    static func hex(_ hash: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        append(hexOf: hash, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes that hex digits stand for; nil for anything else.
    static func bytes(hex: String) -> [UInt8]? {
        let text = Array(hex.utf8)
        guard text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = digits.firstIndex(of: text[index]), let low = digits.firstIndex(of: text[index + 1])
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }

    /// As canonical JSON; addresses and digests have nothing to escape, and then nothing is allocated.
    private static func append(quoted text: String, to bytes: inout [UInt8]) {
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else {
            bytes.append(contentsOf: JSONValue.string(text).serializedBytes(.canonical))
            return
        }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    private static func append(hexOf hash: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in hash {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}
