internal import CKernelCalls
import Glibc
import SystemPackage

/// One folder, held open, and everything below it: no operation ever reaches outside.
///
/// Every path is resolved by the kernel itself (openat2(2)) with symbolic links, `..`, `/proc` links and mounted file
/// systems refused on the whole way, so that somebody who swaps a folder and a link at the right moment gains nothing:
/// checking a path first and opening it afterwards would lose that race. The folder stays the same one even if its name
/// is given to another.
package final class ConfinedFolder: Sendable {
    private let folder: OwnedDescriptor

    /// Opens a folder by its path on the host.
    ///
    /// Links above it are followed; it must not be one itself.
    ///
    /// - Parameters:
    ///   - path: where it is; relative paths start at the working directory.
    ///   - what: what it is to the caller, for the error: "Can't open <what> ...".
    /// - Throws: `invalidProfile` when it is missing, a symbolic link, not a folder or not readable.
    package init(opening path: String, what: String) throws(SandboxError) {
        let operation = "open \(what) `\(VisiblePath.text(of: path.utf8))`"
        func failure(_ reason: String, _ error: Errno? = nil) -> SandboxError {
            SandboxError(.invalidProfile, operation: operation, reason: reason, systemError: error)
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw failure("its path is empty or holds a NUL byte") }
        let name = Self.withoutTrailingSlashes(path)
        // Unsafe only for the path pointer, which lives as long as the call.
        let raw = unsafe Glibc.open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard raw >= 0 else {
            let error = Errno(rawValue: errno)
            var status = stat()
            // The structure and the path outlive the call.
            let kind = unsafe lstat(name, &status) == 0 ? EntryKind(mode: status.st_mode) : nil
            switch (error, kind) {
            case (_, .link?): throw failure("it is a symbolic link", error)
            case (.notDirectory, _?): throw failure("it is not a folder", error)
            case (.noSuchFileOrDirectory, _): throw failure("it does not exist", error)
            case (.permissionDenied, _): throw failure("it is not readable", error)
            default: throw failure("\(error)", error)
            }
        }
        folder = OwnedDescriptor(raw)
    }

    /// Takes over an open descriptor of a folder, which is closed with this value.
    package init(adopting descriptor: CInt) {
        folder = OwnedDescriptor(descriptor)
    }

    /// The descriptor, which stays this value's own.
    package var descriptor: CInt { folder.raw }

    /// What the entry is; a link is not followed.
    package func status(of path: ConfinedPath) throws(ConfinedFolderError) -> EntryStatus {
        guard path != .root else { return try folder.status() }
        let parent = try openFolder(path.parent, readable: false)
        return try Self.status(of: path.nameCString, in: parent)
    }

    /// What the entry is, or nil when nothing has that name in a folder that is there.
    package func statusIfThere(of path: ConfinedPath) throws(ConfinedFolderError) -> EntryStatus? {
        let parent = try openFolder(path.parent, readable: false)
        return try Self.statusIfThere(of: path.nameCString, in: parent)
    }

    /// A folder's entries with what they are, ordered by the bytes of their names.
    ///
    /// - Parameters:
    ///   - path: the folder below this one, or ``ConfinedPath/root``.
    ///   - limit: how many there may be.
    /// - Returns: the entries, without `.` and `..`.
    /// - Throws: ``ConfinedFolderError/tooMany`` as soon as one more name than `limit` has been read, before anything
    ///   is asked about any of them.
    package func entries(of path: ConfinedPath = .root, limit: Int) throws(ConfinedFolderError) -> [Entry] {
        var names: [[UInt8]] = []
        var stream = try DirectoryStream(of: try openFolder(path, readable: true))
        while let name = try stream.next() {
            guard names.count < limit else { throw .tooMany(entryLimit: limit) }
            names.append(name)
        }
        names.sort { $0.lexicographicallyPrecedes($1) }
        var entries: [Entry] = []
        entries.reserveCapacity(names.count)
        for name in names {
            // Without a status, it was removed since its name was read.
            guard let status = try stream.status(of: ConfinedPath.cString(name[...])) else { continue }
            entries.append(Entry(name: name, status: status))
        }
        return entries
    }

    /// The bytes of a regular file.
    ///
    /// - Throws: ``ConfinedFolderError/tooLarge`` when there are more than `byteLimit`, without reading them, and
    ///   ``ConfinedFolderError/wrongKind`` when it is not a regular file; a pipe without a writer does not block.
    package func contents(of path: ConfinedPath, byteLimit: Int) throws(ConfinedFolderError) -> [UInt8] {
        let file = try openFile(path)
        guard file.status.byteCount <= byteLimit else { throw .tooLarge(byteLimit: byteLimit) }
        var bytes: [UInt8] = []
        // One byte more than it should have shows whether it has grown; files of some systems claim no size.
        var chunk = [UInt8](repeating: 0, count: file.status.byteCount + 1)
        while true {
            let count = try file.descriptor.read(into: &chunk, count: chunk.count, at: bytes.count)
            bytes += chunk.prefix(count)
            guard bytes.count <= byteLimit else { throw .tooLarge(byteLimit: byteLimit) }
            guard count == chunk.count else { return bytes }
            chunk = [UInt8](repeating: 0, count: 1 << 16)
        }
    }

    /// Where a link points to, as bytes; nothing is resolved.
    package func linkTarget(of path: ConfinedPath) throws(ConfinedFolderError) -> [UInt8] {
        let parent = try openFolder(path.parent, readable: false)
        var buffer = [CChar](repeating: 0, count: 4097)
        // The buffer and the name outlive the call, and the buffer's true size is passed.
        let count = unsafe readlinkat(parent.raw, path.nameCString, &buffer, buffer.count)
        if count < 0, errno == EINVAL { throw .wrongKind(try status(of: path).kind) }
        guard count >= 0 else { throw .last }
        return buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }

    /// One entry of a folder.
    package struct Entry: Hashable, Sendable {
        /// Its name as bytes, which need not be UTF-8.
        package let name: [UInt8]
        /// What it is.
        package let status: EntryStatus
    }
}

extension ConfinedFolder {
    /// A regular file that has been opened for reading, and what it was then.
    struct OpenFile: ~Copyable {
        let descriptor: OwnedDescriptor
        let status: EntryStatus
    }

    func openFile(_ path: ConfinedPath) throws(ConfinedFolderError) -> OpenFile {
        // Without O_NONBLOCK, opening a named pipe would wait for a writer that may never come.
        let file = try open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        let status = try file.status()
        guard status.kind == .file else { throw .wrongKind(status.kind) }
        return OpenFile(descriptor: file, status: status)
    }

    func openFolder(_ path: ConfinedPath, readable: Bool) throws(ConfinedFolderError) -> OwnedDescriptor {
        // O_PATH, which glibc declares only for _GNU_SOURCE: enough to reach entries, and needs no read permission.
        let access = readable ? O_RDONLY : 0o10000000
        return try open(path, access | O_DIRECTORY)
    }

    func open(_ path: ConfinedPath, _ flags: CInt) throws(ConfinedFolderError) -> OwnedDescriptor {
        // Unsafe only for the path pointer, which lives as long as the call.
        let raw = unsafe warrant_open_beneath(folder.raw, path.cString, flags, 0)
        guard raw >= 0 else { throw .last }
        return OwnedDescriptor(raw)
    }

    static func status(
        of name: [CChar], in folder: borrowing OwnedDescriptor
    ) throws(ConfinedFolderError) -> EntryStatus {
        guard let status = try statusIfThere(of: name, in: folder) else { throw .missing }
        return status
    }

    /// The entry's status, or nil when nothing has that name.
    static func statusIfThere(
        of name: [CChar], in folder: borrowing OwnedDescriptor
    ) throws(ConfinedFolderError) -> EntryStatus? {
        try EntryStatus(of: name, in: folder.raw)
    }

    /// The path without what would make the kernel follow a link at its end: `link/` and `link/.` are the link's
    /// target.
    private static func withoutTrailingSlashes(_ path: String) -> String {
        var rest = path[...]
        while rest.utf8.count > 1, rest.hasSuffix("/") || rest.hasSuffix("/.") { rest.removeLast() }
        return String(rest)
    }
}
