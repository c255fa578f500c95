import Crypto
import Foundation

/// What the journal's checkpoints are verified with: an Ed25519 public key and its name.
///
/// Written as a verifier key of C2SP `signed-note`: `NAME+ID+BASE64`, where the base64 part holds the byte 0x01
/// (Ed25519) and the 32 bytes of the key, and the id is the first four bytes of SHA-256 over the name, a line feed and
/// these bytes, in hex.
public struct JournalPublicKey: Hashable, Sendable, CustomStringConvertible {
    static let algorithm: UInt8 = 1

    let name: String
    let bytes: [UInt8]
    let keyID: [UInt8]

    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        keyID = Array(
            SHA256.hash(data: Array(name.utf8) + [UInt8(ascii: "\n"), Self.algorithm] + bytes).prefix(4))
    }

    /// Reads a verifier key; nil where the text is none, or its id is not that of its bytes.
    public init?(_ text: String) {
        let parts = text.trimmingCharacters(in: .whitespacesAndNewlines)
            .split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let data = Data(base64Encoded: String(parts[2])), data.count == 33,
            data.first == Self.algorithm
        else { return nil }
        self.init(name: String(parts[0]), bytes: Array(data.dropFirst()))
        guard EntryHash.hex(keyID) == parts[1] else { return nil }
    }

    /// Reads a verifier key from a file.
    public static func read(path: String) throws(JournalError) -> JournalPublicKey {
        let operation = "read the public key `\(path)`"
        let bytes = try FileHandleOwner(opening: path, flags: O_RDONLY, operation: operation)
            .readAll(operation: operation)
        guard let key = JournalPublicKey(String(decoding: bytes, as: UTF8.self)) else {
            throw JournalError(
                .unsigned, operation: operation, reason: "it is no verifier key of the form `NAME+ID+BASE64`",
                fix: "It lies as `keys/journal-ed25519.pub` in the state folder of whoever wrote the journal.")
        }
        return key
    }

    /// The key's id in hex.
    public var identifier: String { EntryHash.hex(keyID) }

    /// The verifier key.
    public var description: String {
        "\(name)+\(identifier)+\(Data([Self.algorithm] + bytes).base64EncodedString())"
    }

    /// Whether one of the note's signatures is this key's and is right.
    func verifies(_ note: SignedNote) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return note.signatures.contains {
            $0.name == name && $0.keyID == keyID && key.isValidSignature($0.bytes, for: Array(note.text.utf8))
        }
    }

    /// Whether the note says that it was signed with this key.
    func isNamed(in note: SignedNote) -> Bool {
        note.signatures.contains { $0.name == name && $0.keyID == keyID }
    }
}
