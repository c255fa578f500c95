import Glibc
public import JSONSchemas
package import SandboxExecution

/// What is at a path: enough to know it again, and to tell whether somebody touched it.
public enum EntryState: Hashable, Sendable {
    /// Nothing.
    case absent
    /// A file: hex SHA-256 of its bytes, how many there are, and its permission bits.
    case file(sha256: String, byteCount: Int, mode: UInt16)
    /// A folder and its permission bits. What is in it has states of its own.
    case folder(mode: UInt16)
    /// A symbolic link and what it says; it is never followed.
    case link(target: [UInt8])
    /// What isn't kept, in words: a pipe, a socket, a file that is too large.
    case other(String)

    /// The largest file that is kept: 256 MiB, as much as a workspace may hold.
    static let byteLimit = 256 << 20

    /// The state of a path now.
    ///
    /// - Parameters:
    ///   - path: where.
    ///   - folder: the folder that it is below.
    ///   - keep: called with a file's bytes.
    /// - Throws: `ConfinedFolderError` when the way there is refused or can't be read; what `keep` throws.
    package init(of path: ConfinedPath, in folder: ConfinedFolder, keep: ([UInt8]) throws -> Void = { _ in }) throws {
        guard let status = try folder.existing(path) else {
            self = .absent
            return
        }
        switch status.kind {
        case .file:
            let bytes: [UInt8]
            do throws(ConfinedFolderError) {
                bytes = try folder.contents(of: path, byteLimit: Self.byteLimit)
            } catch .tooLarge {
                self = .other("a file of more than 256 MiB")
                return
            }
            try keep(bytes)
            self = .file(bytes, mode: status.mode)
        case .folder: self = .folder(mode: status.mode)
        case .link: self = .link(target: try folder.linkTarget(of: path))
        default: self = .other(status.kind.name)
        }
    }

    /// A file of these bytes.
    static func file(_ bytes: [UInt8], mode: UInt16) -> EntryState {
        .file(sha256: ContentDigest.hex(bytes), byteCount: bytes.count, mode: mode)
    }

    /// Whether `other` is the same to somebody who asks whether it was touched. A folder is the same folder whatever its
    /// permissions are, and what isn't kept is never known again.
    public func matches(_ other: EntryState) -> Bool {
        switch (self, other) {
        case (.folder, .folder): true
        case (.other, _): false
        default: self == other
        }
    }

    /// In words, for people.
    public var words: String {
        switch self {
        case .absent: "nothing"
        case .file(let sha256, let byteCount, _): "a file of \(byteCount) bytes (\(sha256.prefix(12)))"
        case .folder: "a folder"
        case .link: "a symbolic link"
        case .other(let words): words
        }
    }
}

extension ConfinedFolder {
    /// What is at a path; nil for nothing, also where a folder on the way is missing, or is no folder.
    func existing(_ path: ConfinedPath) throws(ConfinedFolderError) -> EntryStatus? {
        do throws(ConfinedFolderError) {
            return try statusIfThere(of: path)
        } catch .missing {
            return nil
        } catch .system(ENOTDIR) {
            return nil
        }
    }
}

extension EntryState {
    /// `{"kind": "file", "sha256": ..., "bytes": ..., "mode": 420}` and the like.
    public func toJSON() -> JSONValue {
        switch self {
        case .absent: return ["kind": "absent"]
        case .file(let sha256, let byteCount, let mode):
            return [
                "kind": "file", "sha256": .string(sha256), "bytes": .integer(byteCount), "mode": .integer(Int(mode)),
            ]
        case .folder(let mode): return ["kind": "folder", "mode": .integer(Int(mode))]
        case .link(let target):
            var object: JSONObject = ["kind": "link"]
            ByteText.write(target, as: "target", into: &object)
            return .object(object)
        case .other(let words): return ["kind": "other", "what": .string(words)]
        }
    }

    /// The state that ``toJSON()`` wrote; nil for anything else.
    public init?(fromJSON value: JSONValue) {
        let mode = value["mode"]?.intValue.flatMap { UInt16(exactly: $0) }
        switch value["kind"]?.stringValue {
        case "absent": self = .absent
        case "file":
            guard let sha256 = value["sha256"]?.stringValue, let count = value["bytes"]?.intValue, let mode else {
                return nil
            }
            self = .file(sha256: sha256, byteCount: count, mode: mode)
        case "folder":
            guard let mode else { return nil }
            self = .folder(mode: mode)
        case "link":
            guard let target = ByteText.read("target", from: value) else { return nil }
            self = .link(target: target)
        case "other":
            guard let what = value["what"]?.stringValue else { return nil }
            self = .other(what)
        default: return nil
        }
    }
}
