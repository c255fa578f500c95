import Glibc
import SystemPackage

/// Questions about paths outside the sandbox.
enum HostPath {
    /// The path with every link followed, or nil when something on it does not exist.
    static func resolved(_ path: String) -> String? {
        // realpath allocates its result, which is copied and freed before anything else can see it.
        guard let raw = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(raw) }
        return unsafe String(cString: raw)
    }

    /// Whether the path is a regular file (links followed) that somebody may execute.
    static func isExecutableFile(_ path: String) -> Bool {
        guard let status = try? Stat(FilePath(path)), status.type == .regular else { return false }
        // Unsafe only for the path pointer, which lives as long as the call.
        return unsafe access(path, X_OK) == 0
    }

    static func isDirectory(_ path: String) -> Bool {
        (try? Stat(FilePath(path)))?.type == .directory
    }

    /// The target of the path if the path itself is a link.
    static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        // The buffer outlives the call and its true size is passed.
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether `path` is `folder` or lies below it, by name.
    static func isInside(_ path: String, folder: String) -> Bool {
        path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }

    /// The text of a small file such as those in `/proc`.
    static func contents(_ path: String) -> String? {
        guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        else {
            return nil
        }
        defer { try? descriptor.close() }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        // The buffer outlives the call and its true size is passed.
        while let count = try? unsafe buffer.withUnsafeMutableBytes({ try unsafe descriptor.read(into: $0) }),
            count > 0, bytes.count < 1 << 20
        {
            bytes.append(contentsOf: buffer.prefix(count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names in a folder, without `.` and `..`; none where it can't be read.
    static func names(in folder: String) -> [String] {
        // opendir's stream is used only here and closed below; each entry is copied before the next call.
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Whether the caller may write there, read-only file systems counted.
    static func isWritable(_ path: String) -> Bool {
        // Unsafe, here and below, only for the path pointer, which lives as long as the call.
        unsafe access(path, W_OK) == 0
    }

    /// Writes a short text to a file that exists, as control files want it: in one call. False where that failed.
    static func overwrite(_ path: String, with text: String) -> Bool {
        guard let descriptor = try? FileDescriptor.open(FilePath(path), .writeOnly, options: .closeOnExec) else {
            return false
        }
        defer { try? descriptor.close() }
        let bytes = Array(text.utf8)
        return (try? unsafe bytes.withUnsafeBytes { try unsafe descriptor.write($0) }) == bytes.count
    }

    static func close(_ descriptor: CInt) { Glibc.close(descriptor) }
}
