internal import CKernelCalls
import Glibc

extension ConfinedFolder {
    /// Writes a file as a whole: readers see the old content or the new, never a part.
    ///
    /// The bytes go to a temporary file of a random name in the same folder, which is then renamed. A file that is
    /// there keeps its permission bits unless `mode` says otherwise (set-ID bits are never kept); a new one gets
    /// `0o644`. As root, it belongs to whom the old file, or else the folder, belongs to.
    ///
    /// - Throws: ``ConfinedFolderError/link`` or ``ConfinedFolderError/wrongKind`` when something else than a file has
    ///   the name, which then stays as it is.
    package func write(
        _ bytes: [UInt8], to path: ConfinedPath, mode: UInt16? = nil, isSynced: Bool = false
    ) throws(ConfinedFolderError) {
        let existing = try statusIfThere(of: path)
        if let existing, existing.kind != .file {
            throw existing.kind == .link ? .link : .wrongKind(existing.kind)
        }
        try write(bytes, to: path, ifStill: existing, mode: mode, isSynced: isSynced)
    }

    /// Writes a file as a whole if nothing was done to what it replaces since the caller looked at it.
    ///
    /// - Parameters:
    ///   - bytes: the new content.
    ///   - path: where.
    ///   - existing: what ``statusIfThere(of:)`` said about the path; nil when nothing may be there.
    ///   - mode: the permission bits; those of the old file, or else `0o644`, unless given.
    ///   - isSynced: whether the bytes are on the disk when this returns.
    /// - Throws: ``ConfinedFolderError/changed`` or ``ConfinedFolderError/exists`` when it is not so any more.
    package func write(
        _ bytes: [UInt8], to path: ConfinedPath, ifStill existing: EntryStatus?, mode: UInt16? = nil,
        isSynced: Bool = false
    ) throws(ConfinedFolderError) {
        try placeFile(
            at: path, mode: mode ?? existing?.mode ?? 0o644, expecting: existing, isSynced: isSynced
        ) { file throws(ConfinedFolderError) in
            try file.write(bytes, count: bytes.count, at: 0)
        }
    }

    /// Makes a folder in one that exists.
    package func makeFolder(_ path: ConfinedPath, mode: UInt16 = 0o755) throws(ConfinedFolderError) {
        let parent = try openFolder(path.parent, readable: false)
        // Unsafe only for the name's pointer, which lives as long as the call.
        try Self.check(unsafe mkdirat(parent.raw, path.nameCString, 0o700))
        let made = try open(path, O_RDONLY | O_DIRECTORY)
        try Self.giveAway(made, to: try parent.status().owner)
        try Self.check(fchmod(made.raw, mode_t(mode & 0o777)))
    }

    /// Removes a file, a link, a pipe or a socket; a link's target stays.
    package func removeFile(_ path: ConfinedPath) throws(ConfinedFolderError) {
        let parent = try openFolder(path.parent, readable: false)
        // Unsafe only for the name's pointer, which lives as long as the call.
        try Self.check(unsafe unlinkat(parent.raw, path.nameCString, 0))
    }

    /// Removes a folder that is empty.
    package func removeFolder(_ path: ConfinedPath) throws(ConfinedFolderError) {
        let parent = try openFolder(path.parent, readable: false)
        // Unsafe only for the name's pointer, which lives as long as the call.
        try Self.check(unsafe unlinkat(parent.raw, path.nameCString, AT_REMOVEDIR))
    }

    /// Makes a symbolic link where nothing is. The target is kept as it is, wherever it may point.
    package func makeLink(_ path: ConfinedPath, to target: [UInt8]) throws(ConfinedFolderError) {
        try placeLink(at: path, to: target, expecting: nil)
    }

    /// Sets the permission bits (`0o777`) of a file or folder; never of a link's target.
    package func setMode(_ mode: UInt16, of path: ConfinedPath) throws(ConfinedFolderError) {
        let parent = try openFolder(path.parent, readable: false)
        // Unsafe only for the name's pointer, which lives as long as the call.
        try Self.check(unsafe fchmodat(parent.raw, path.nameCString, mode_t(mode & 0o777), AT_SYMLINK_NOFOLLOW))
    }
}

extension ConfinedFolder {
    /// Fills a temporary file and gives it the name `path`.
    ///
    /// `existing` is what the name stood for when the caller decided to replace it, or nil when nothing may have it.
    /// The file is put in place only if that is still so; ``ConfinedFolderError/changed`` or
    /// ``ConfinedFolderError/exists`` is thrown otherwise.
    package func placeFile(
        at path: ConfinedPath, mode: UInt16, expecting existing: EntryStatus?, isSynced: Bool = false,
        filledBy fill: (borrowing OwnedDescriptor) throws(ConfinedFolderError) -> Void
    ) throws(ConfinedFolderError) {
        let parent = try openFolder(path.parent, readable: false)
        let temporary = Self.temporaryName()
        // Unsafe only for the name's pointer, which lives as long as the call.
        let raw = unsafe warrant_open_beneath(
            parent.raw, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        try Self.check(raw)
        let file = OwnedDescriptor(raw)
        do throws(ConfinedFolderError) {
            try fill(file)
            try Self.giveAway(file, to: try Self.owner(replacing: existing, in: parent))
            try Self.check(fchmod(file.raw, mode_t(mode & 0o777)))
            if isSynced { try Self.check(fsync(file.raw)) }
            try Self.putInPlace(temporary, as: path.nameCString, in: parent, expecting: existing)
        } catch {
            // The name is this call's own; the pointer lives as long as the call.
            _ = unsafe unlinkat(parent.raw, temporary, 0)
            throw error
        }
        if isSynced {
            let folder = try openFolder(path.parent, readable: true)
            try Self.check(fsync(folder.raw))
        }
    }

    /// Makes a link with a temporary name and gives it the name `path`, under the rule of
    /// ``placeFile(at:mode:expecting:isSynced:filledBy:)``.
    package func placeLink(
        at path: ConfinedPath, to target: [UInt8], expecting existing: EntryStatus?
    ) throws(ConfinedFolderError) {
        let parent = try openFolder(path.parent, readable: false)
        let temporary = Self.temporaryName()
        // Unsafe only for the pointers of both texts, which live as long as the call.
        try Self.check(unsafe symlinkat(ConfinedPath.cString(target[...]), parent.raw, temporary))
        do throws(ConfinedFolderError) {
            if geteuid() == 0 {
                let owner = try Self.owner(replacing: existing, in: parent)
                // Unsafe only for the name's pointer, which lives as long as the call.
                try Self.check(
                    unsafe fchownat(parent.raw, temporary, owner.user, owner.group, AT_SYMLINK_NOFOLLOW))
            }
            try Self.putInPlace(temporary, as: path.nameCString, in: parent, expecting: existing)
        } catch {
            // The name is this call's own; the pointer lives as long as the call.
            _ = unsafe unlinkat(parent.raw, temporary, 0)
            throw error
        }
    }

    private static func putInPlace(
        _ temporary: [CChar], as name: [CChar], in parent: borrowing OwnedDescriptor,
        expecting existing: EntryStatus?
    ) throws(ConfinedFolderError) {
        if let existing {
            guard try statusIfThere(of: name, in: parent) == existing else { throw .changed }
        }
        let flags: CUnsignedInt = existing == nil ? 1 : 0
        // Unsafe only for the pointers of both names, which live as long as the calls.
        var result = unsafe warrant_rename(parent.raw, temporary, parent.raw, name, flags)
        if result != 0, flags == 1, errno == EINVAL {
            // Some network file systems cannot rename without replacing. Asking first leaves a moment in between, in
            // which another file of that name would be lost; there is no better way on those.
            guard try statusIfThere(of: name, in: parent) == nil else { throw .exists }
            result = unsafe warrant_rename(parent.raw, temporary, parent.raw, name, 0)
        }
        try check(result)
    }

    private static func owner(
        replacing existing: EntryStatus?, in parent: borrowing OwnedDescriptor
    ) throws(ConfinedFolderError) -> EntryOwner {
        if let existing { return existing.owner }
        return try parent.status().owner
    }

    /// Files that root makes for somebody must not become root's; others may give nothing away.
    private static func giveAway(
        _ entry: borrowing OwnedDescriptor, to owner: EntryOwner
    ) throws(ConfinedFolderError) {
        guard geteuid() == 0 else { return }
        try check(fchown(entry.raw, owner.user, owner.group))
    }

    private static func check(_ result: CInt) throws(ConfinedFolderError) {
        guard result >= 0 else { throw .last }
    }

    private static func temporaryName() -> [CChar] {
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        return ConfinedPath.cString(Array(".warrant-\(random).tmp".utf8)[...])
    }
}
