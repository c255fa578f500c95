import Foundation

/// Reads text files with their limits stated.
enum TextFile {
    /// The largest file read: 8 MiB.
    static let byteLimit = 8 * 1024 * 1024

    /// The bytes of a regular file.
    static func bytes(at path: String) throws(ToolError) -> [UInt8] {
        switch PathKind.of(path) {
        case .file: break
        case .missing: throw ToolError(.notFound, "Can't read `\(path)`: there is no such file.")
        case .folder: throw ToolError(.badArgument, "Can't read `\(path)`: it is a folder.")
        case .other: throw ToolError(.badArgument, "Can't read `\(path)`: it is no regular file.")
        }
        let handle: FileHandle
        do {
            handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }
            // One byte more than the limit tells a file that is too large from one that just fits, and bounds what a
            // file that grows, or a device, can make this process read.
            let data = try handle.read(upToCount: byteLimit + 1) ?? Data()
            guard data.count <= byteLimit else {
                throw ToolError(.limit, "Can't read `\(path)`: it has more than \(byteLimit) bytes.")
            }
            return Array(data)
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError(.io, "Can't read `\(path)`: \(error.localizedDescription).")
        }
    }

    /// The text of a non-empty UTF-8 file without NUL bytes.
    static func text(at path: String) throws(ToolError) -> String {
        let bytes = try bytes(at: path)
        guard !bytes.isEmpty else {
            throw ToolError(.badData, "Can't read `\(path)`: it is empty.")
        }
        guard !bytes.contains(0) else {
            throw ToolError(.badData, "Can't read `\(path)`: it is binary, and a text is needed.")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ToolError(.badData, "Can't read `\(path)`: it is not UTF-8 text.")
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw ToolError(.badData, "Can't read `\(path)`: it holds nothing but white space.")
        }
        return text
    }
}
