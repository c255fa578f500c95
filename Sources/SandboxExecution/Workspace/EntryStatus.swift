internal import CKernelCalls
import Glibc

/// What the kernel says about one entry of a folder, links not followed.
///
/// Two equal values mean that nothing was done to the entry in between: the time of its last change is part of them.
package struct EntryStatus: Hashable, Sendable {
    /// What the entry is.
    package let kind: EntryKind
    /// The bits `0o7777` of its mode: permissions, set-ID and sticky bits.
    package let permissions: UInt16
    /// Its size in bytes as the kernel reports it; what a sparse file would hold if it were full.
    package let byteCount: Int
    /// When its content was last changed, whole seconds since 1970.
    package private(set) var modifiedSeconds: Int64
    /// The nanoseconds that belong to ``modifiedSeconds``.
    package private(set) var modifiedNanoseconds: UInt32
    /// Whose it is.
    let owner: EntryOwner

    let device: UInt64
    let inode: UInt64
    private let changedSeconds: Int64
    private let changedNanoseconds: Int64

    init(_ raw: stat) {
        kind = EntryKind(mode: raw.st_mode)
        permissions = UInt16(truncatingIfNeeded: raw.st_mode & 0o7777)
        byteCount = Int(raw.st_size)
        modifiedSeconds = Int64(raw.st_mtim.tv_sec)
        modifiedNanoseconds = UInt32(truncatingIfNeeded: raw.st_mtim.tv_nsec)
        owner = EntryOwner(user: raw.st_uid, group: raw.st_gid)
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        changedSeconds = Int64(raw.st_ctim.tv_sec)
        changedNanoseconds = Int64(raw.st_ctim.tv_nsec)
    }

    /// What the entry of that name is, links not followed; nil when nothing has the name.
    init?(of name: [CChar], in folder: CInt) throws(ConfinedFolderError) {
        var raw = stat()
        // The structure and the name outlive the call.
        guard unsafe fstatat(folder, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw .last
        }
        self.init(raw)
    }

    /// The permission bits alone, `0o777`.
    package var mode: UInt16 { permissions & 0o777 }

    /// The set-user-ID or set-group-ID bit as words, when there is one.
    var setIDBit: String? {
        if permissions & 0o4000 != 0 { return "a set-user-ID bit" }
        return permissions & 0o2000 != 0 ? "a set-group-ID bit" : nil
    }

    /// The same with another time of its content's last change.
    func modified(atSecond seconds: Int64) -> EntryStatus {
        var copy = self
        copy.modifiedSeconds = seconds
        copy.modifiedNanoseconds = 0
        return copy
    }

    /// Whether both are the same file or folder, whatever was done to it.
    func isSameEntry(as other: EntryStatus) -> Bool { device == other.device && inode == other.inode }
}

/// The user and the group an entry belongs to.
struct EntryOwner: Hashable, Sendable {
    let user: UInt32
    let group: UInt32
}
