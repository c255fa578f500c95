import Crypto
import Foundation

/// SHA-256 of contents, in lower-case hexadecimal.
package enum ContentDigest {
    /// Names below a folder that are no part of what a run works on: they change when somebody looks, or when another run
    /// writes its output.
    private static let leftOutNames: Set<String> = [".git", "__pycache__", "warrant-output"]

    /// Of a text.
    static func hex(of text: String) -> String {
        hex(SHA256.hash(data: Array(text.utf8)))
    }

    /// Of a file, read in pieces; nil where it can't be read.
    package static func hex(ofFileAt path: String) -> String? {
        guard let handle = try? FileHandle(forReadingFrom: URL(filePath: path)) else { return nil }
        defer { try? handle.close() }
        var hash = SHA256()
        do {
            while let data = try handle.read(upToCount: 4 << 20), !data.isEmpty { hash.update(data: data) }
        } catch {
            return nil
        }
        return hex(hash.finalize())
    }

    /// Of a folder: the names in it, what their files hold, where their links lead. What lies at `leftOut` doesn't count.
    static func hex(ofFolderAt path: String, leavingOut leftOut: String) -> String {
        var lines: [String] = []
        collect(path, name: "", leavingOut: leftOut, into: &lines)
        return hex(of: lines.joined(separator: "\n"))
    }

    private static func collect(_ path: String, name: String, leavingOut leftOut: String, into lines: inout [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for entry in names.sorted() where !leftOutNames.contains(entry) {
            let full = path + "/" + entry
            guard full != leftOut else { continue }
            // In quotation marks, so that a line break in a name is no line of its own.
            let shown = "\(name)/\(entry)".debugDescription
            switch PathType.kind(of: full) {
            case .typeDirectory:
                lines.append("folder \(shown)")
                collect(full, name: "\(name)/\(entry)", leavingOut: leftOut, into: &lines)
            case .typeSymbolicLink:
                let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: full)) ?? ""
                lines.append("link \(shown) \(target.debugDescription)")
            case .typeRegular: lines.append("file \(shown) \(hex(ofFileAt: full) ?? "unreadable")")
            default: lines.append("other \(shown)")
            }
        }
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }
}
