import Foundation

/// Reads the text files of a workflow; a path that leads out of its folder is refused.
struct SourceFiles {
    static let byteLimit = 1 << 20

    /// Why a file can't be read, as the rest of a sentence.
    struct Refusal: Error {
        let reason: String
    }

    /// The folder, absolute and with symbolic links resolved.
    let directory: String

    /// The text of the file at `path`, relative to the folder.
    func text(at path: String) throws(Refusal) -> String {
        guard Self.isInside(path) else { throw Refusal(reason: "leads out of the workflow's folder") }
        let full = directory + "/" + path
        guard FileManager.default.fileExists(atPath: full) else { throw Refusal(reason: "doesn't exist") }
        let resolved = Self.resolve(full)
        guard resolved.hasPrefix(directory.hasSuffix("/") ? directory : directory + "/") else {
            throw Refusal(reason: "leads out of the workflow's folder through a symbolic link")
        }
        return try Self.read(resolved)
    }

    /// Whether a relative path stays where it starts, by its text alone.
    static func isInside(_ path: String) -> Bool {
        guard !path.isEmpty, !path.hasPrefix("/"), !path.contains("\0") else { return false }
        return !path.split(separator: "/", omittingEmptySubsequences: false).contains("..")
    }

    /// The absolute path without symbolic links.
    static func resolve(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }

    static func isDirectory(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: resolve(path))
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Whether there is certainly nothing at `path`: a dangling link is something, and so is what can't be reached.
    static func isAbsent(_ path: String) -> Bool {
        do {
            _ = try FileManager.default.attributesOfItem(atPath: path)
            return false
        } catch let error as CocoaError {
            return error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile
        } catch {
            return false
        }
    }

    /// The names of the `*.yaml` files in a folder, sorted, without hidden ones. What keeps it from being listed is the
    /// one error, with the folder as its place.
    static func yamlFiles(in directory: String, subject: String) throws(WorkflowErrors) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            throw failure(directory, subject: subject, problem: "the folder can't be listed")
        }
        return names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted()
    }

    /// What ``read(_:)`` returns; what keeps it from being read is the one error, with the file as its place.
    static func text(of path: String, subject: String = "workflow") throws(WorkflowErrors) -> String {
        do {
            return try read(path)
        } catch {
            throw failure(path, subject: subject, problem: "the file \(error.reason)")
        }
    }

    private static func failure(_ path: String, subject: String, problem: String) -> WorkflowErrors {
        WorkflowErrors([
            WorkflowError(position: SourcePosition(file: path), subject: subject, problem: problem)
        ])
    }

    /// The text of a regular file of at most ``byteLimit`` bytes.
    static func read(_ path: String) throws(Refusal) -> String {
        let data: Data
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: resolve(path))
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw Refusal(reason: "isn't a regular file")
            }
            let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
            guard size <= byteLimit else {
                throw Refusal(reason: "has \(size) bytes, more than \(byteLimit)")
            }
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch let error as Refusal {
            throw error
        } catch {
            throw Refusal(
                reason: FileManager.default.fileExists(atPath: path) ? "can't be read" : "doesn't exist")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw Refusal(reason: "isn't UTF-8") }
        return text
    }
}
