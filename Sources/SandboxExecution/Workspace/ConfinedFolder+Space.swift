import Glibc

extension ConfinedFolder {
    /// Whether the file system below has no room left.
    var isFull: Bool {
        var state = statvfs()
        // The structure outlives the call.
        return unsafe fstatvfs(descriptor, &state) == 0 && state.f_blocks > 0 && state.f_bavail == 0
    }
}
