import Crypto
import Foundation

/// What a folder holds: every file with a digest, every link and folder, hidden ones too.
struct FolderState: Equatable {
    /// The most entries looked at.
    static let entryLimit = 10_000
    /// The most bytes read or copied: 256 MiB.
    static let byteLimit = 256 * 1024 * 1024

    enum Entry: Equatable {
        case file(digest: String, byteCount: Int, mode: Int)
        case folder(mode: Int)
        case link(target: String)

        /// The same as the record of a change has it.
        var state: EntryState {
            switch self {
            case .file(let digest, let byteCount, let mode):
                .file(sha256: digest, byteCount: byteCount, mode: UInt16(mode & 0o777))
            case .folder(let mode): .folder(mode: UInt16(mode & 0o777))
            case .link(let target): .link(target: Array(target.utf8))
            }
        }

        var isFolder: Bool {
            if case .folder = self { true } else { false }
        }
    }

    private(set) var entries: [String: Entry] = [:]
    private(set) var bytes = 0

    /// What an empty folder holds.
    init() {}

    /// - Throws: `ToolError` when the folder is too large, or holds anything but files, folders and links.
    init(of folder: String) throws(ToolError) {
        guard let walker = FileManager.default.enumerator(atPath: folder) else {
            throw ToolError(.notFound, "Can't look at `\(folder)`: there is no such folder.")
        }
        while let path = walker.nextObject() as? String {
            guard entries.count < Self.entryLimit else {
                throw ToolError(.limit, "Can't look at `\(folder)`: it has more than \(Self.entryLimit) entries.")
            }
            entries[path] = try Self.entry(folder + "/" + path, &bytes)
        }
    }

    private static func entry(_ path: String, _ bytes: inout Int) throws(ToolError) -> Entry {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let mode = (attributes[.posixPermissions] as? Int) ?? 0
            switch attributes[.type] as? FileAttributeType {
            case .typeDirectory: return .folder(mode: mode)
            case .typeSymbolicLink:
                return .link(target: try FileManager.default.destinationOfSymbolicLink(atPath: path))
            case .typeRegular:
                bytes += (attributes[.size] as? Int) ?? 0
                guard bytes <= byteLimit else {
                    throw ToolError(.limit, "Can't look at the folder: it has more than \(byteLimit) bytes.")
                }
                let content = Array(try Data(contentsOf: URL(filePath: path)))
                return .file(digest: ContentDigest.hex(content), byteCount: content.count, mode: mode)
            default:
                throw ToolError(.refused, "Can't look at `\(path)`: it is neither file nor folder nor link.")
            }
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError(.io, "Can't look at `\(path)`: \(error.localizedDescription).")
        }
    }

    /// What is different in `later`, by path.
    func changes(to later: FolderState) -> [(path: String, change: String)] {
        Set(entries.keys).union(later.entries.keys).sorted().compactMap { path in
            switch (entries[path], later.entries[path]) {
            case (nil, _?): (path, "added")
            case (_?, nil): (path, "removed")
            case (let before, let after): before == after ? nil : (path, "changed")
            }
        }
    }
}
