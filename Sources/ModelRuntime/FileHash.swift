import Crypto
import Foundation

enum FileHash {
    /// The SHA-256 of a file in lower-case hexadecimal, read in pieces of 4 MiB.
    static func sha256(ofFileAt path: String, operation: String) throws(ModelError) -> String {
        var hash = SHA256()
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            while let data = try handle.read(upToCount: 4 << 20), !data.isEmpty { hash.update(data: data) }
        } catch {
            throw ModelError(.corruptWeights, operation, "`\(path)` can't be read")
        }
        return hash.finalize().map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
