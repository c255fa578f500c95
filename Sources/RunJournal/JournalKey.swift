import Crypto
import Foundation
import Glibc

/// The key that signs checkpoints: Ed25519 (RFC 8032), in a file that only its owner may read.
///
/// The file has the form of Go's `golang.org/x/mod/sumdb/note`: `PRIVATE+KEY+NAME+ID+BASE64`. The public half lies
/// beside it under the same name with `.pub`.
struct JournalKey: Sendable {
    private static let prefix = "PRIVATE+KEY+"
    private static let name = "warrant-journal"

    private let key: Curve25519.Signing.PrivateKey
    let publicKey: JournalPublicKey

    private init(_ key: Curve25519.Signing.PrivateKey) {
        self.key = key
        publicKey = JournalPublicKey(name: Self.name, bytes: Array(key.publicKey.rawRepresentation))
    }

    /// Reads the key, or nil where there is no such file.
    static func read(path: String) throws(JournalError) -> JournalKey? {
        let operation = "read the journal's signing key"
        // SAFETY: the string lives for the call.
        guard unsafe access(path, F_OK) == 0 else { return nil }
        let handle = try FileHandleOwner(opening: path, flags: O_RDONLY, operation: operation)
        try handle.requirePrivate(path, code: .unsigned, operation: operation)
        let text = String(decoding: try handle.readAll(operation: operation), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let parts = text.dropFirst(prefix.count).split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard text.hasPrefix(prefix), parts.count == 3, parts[0] == name,
            let data = Data(base64Encoded: String(parts[2])), data.first == JournalPublicKey.algorithm,
            let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: data.dropFirst()),
            JournalKey(secret).publicKey.identifier == parts[1]
        else {
            throw JournalError(
                .unsigned, operation: operation, reason: "`\(path)` is no key of this program",
                fix: "Put the right file back.")
        }
        return JournalKey(secret)
    }

    /// Reads the key, making it when there is none. Two processes that make one at once get the same.
    static func obtain(path: String) throws(JournalError) -> JournalKey {
        if let known = try read(path: path) { return known }
        let operation = "make the journal's signing key"
        let made = JournalKey(Curve25519.Signing.PrivateKey())
        let secret = Data([JournalPublicKey.algorithm] + made.key.rawRepresentation).base64EncodedString()
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw JournalError(.io, operation: operation, reason: "its folder can't be created")
        }
        try publish("\(prefix)\(name)+\(made.publicKey.identifier)+\(secret)\n", at: path, operation: operation)
        guard let winner = try read(path: path) else {
            throw JournalError(.io, operation: operation, reason: "`\(path)` was removed at once")
        }
        try publish("\(winner.publicKey)\n", at: path + ".pub", operation: operation)
        try FileHandleOwner.synchronize(folder: folder, operation: operation)
        return winner
    }

    /// Writes a file whole and durable under a name that nothing has yet; what has the name already stays.
    private static func publish(_ text: String, at path: String, operation: String) throws(JournalError) {
        let temporary = "\(path).\(getpid()).\(UInt64.random(in: 0 ... .max)).partial"
        defer { _ = unsafe unlink(temporary) }  // SAFETY: the string lives for the call.
        let handle = try FileHandleOwner(opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, operation: operation)
        try handle.write(Array(text.utf8), operation: operation)
        try handle.synchronize(operation: operation)
        // `link` fails where the name is taken, and `rename` would take another process's key away.
        // SAFETY: both strings live for the call.
        guard unsafe link(temporary, path) == 0 || errno == EEXIST else {
            throw JournalError(systemError: errno, operation: operation)
        }
    }

    /// Signs a text that ends with a line feed.
    func sign(_ text: String) throws -> SignedNote {
        let signature = try key.signature(for: Array(text.utf8))
        return SignedNote(
            text: text,
            signatures: [.init(name: publicKey.name, keyID: publicKey.keyID, bytes: Array(signature))])
    }
}
