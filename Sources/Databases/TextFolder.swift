internal import Foundation

/// Finds the text files of a folder: no hidden files, no links that lead out of it, no binary or oversized
/// files.
struct TextFolder {
    let root: URL
    let globs: [GlobPattern]
    let byteLimit: Int
    let fileLimit: Int
    let operation: String

    private(set) var skipped: [SkippedFile] = []

    init(path: String, globs: [String], byteLimit: Int, fileLimit: Int) throws(DatabaseToolError) {
        operation = "index folder `\(URL(fileURLWithPath: path).lastPathComponent)`"
        root = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        self.globs = globs.map(GlobPattern.init)
        self.byteLimit = byteLimit
        self.fileLimit = fileLimit
        var isFolder: ObjCBool = false
        // `isFolder` is a local that outlives the call.
        let exists = unsafe FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder)
        guard exists else { throw DatabaseToolError(.notFound, operation, "it does not exist") }
        guard isFolder.boolValue else { throw DatabaseToolError(.notFound, operation, "it is not a folder") }
    }

    /// Hands every readable text file to `body` as relative path and bytes, in path order.
    mutating func forEachTextFile(_ body: (_ path: String, _ bytes: [UInt8]) throws -> Void) throws {
        var count = 0
        for path in try relativePaths() {
            switch read(path) {
            case .failure(let reason): skipped.append(SkippedFile(path: path, reason: reason.clause))
            case .success(let bytes):
                count += 1
                guard count <= fileLimit else {
                    throw DatabaseToolError(
                        .sizeLimit, operation, "it has more text files than the limit of \(fileLimit)")
                }
                try body(path, bytes)
            }
        }
    }

    private struct SkipReason: Error {
        let clause: String
    }

    /// The relative paths of all wanted entries that are not folders, sorted by their bytes.
    private mutating func relativePaths() throws -> [String] {
        var paths: [String] = []
        var folders = [""]
        while let folder = folders.popLast() {
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: root.path + "/" + folder)
            } catch {
                guard !folder.isEmpty else { throw DatabaseToolError(.io, operation, "it can't be read") }
                skipped.append(SkippedFile(path: folder, reason: "the folder can't be read"))
                continue
            }
            for name in names where !name.hasPrefix(".") {
                let path = folder.isEmpty ? name : folder + "/" + name
                if fileType(of: path) == .typeDirectory {
                    folders.append(path)
                } else if globs.isEmpty || globs.contains(where: { $0.matches(path) }) {
                    paths.append(path)
                }
            }
        }
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The type of the entry itself, links not followed.
    private func fileType(of path: String) -> FileAttributeType? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: root.path + "/" + path)
        return attributes?[.type] as? FileAttributeType
    }

    private func read(_ path: String) -> Result<[UInt8], SkipReason> {
        var url = root.appendingPathComponent(path)
        if fileType(of: path) == .typeSymbolicLink {
            url = url.resolvingSymlinksInPath()
            guard url.path.hasPrefix(root.path + "/") else {
                return .failure(SkipReason(clause: "the link leads out of the folder"))
            }
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular else {
            return .failure(SkipReason(clause: "it is not a regular file"))
        }
        let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        guard size <= byteLimit else {
            return .failure(SkipReason(clause: "it has \(size) bytes, the limit is \(byteLimit)"))
        }
        guard let data = try? Data(contentsOf: url) else {
            return .failure(SkipReason(clause: "it can't be read"))
        }
        let bytes = [UInt8](data)
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            return .failure(SkipReason(clause: "it is not UTF-8 text"))
        }
        return .success(bytes)
    }
}
