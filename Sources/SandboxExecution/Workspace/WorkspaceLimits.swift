/// How much of a folder is copied into a sandbox, and how much may come back.
///
/// The limits hold for what is looked at, not for what has changed: a folder of a million files is refused before any
/// of them is read.
package struct WorkspaceLimits: Hashable, Sendable {
    /// How many bytes all regular files may hold together, by the size the kernel reports; a sparse file counts as if
    /// it were full.
    package var byteLimit: Int
    /// How many names may be looked at, whatever they stand for.
    package var entryLimit: Int
    /// How many folders deep an entry may lie; one directly in the folder lies 1 deep.
    package var depthLimit: Int
    /// How long a path below the folder may be, in bytes. The kernel takes at most 4,095 at a time.
    package var pathByteLimit: Int

    /// Creates limits; every one has a default.
    package init(
        byteLimit: Int = 256 << 20, entryLimit: Int = 20_000, depthLimit: Int = 64, pathByteLimit: Int = 4095
    ) {
        self.byteLimit = byteLimit
        self.entryLimit = entryLimit
        self.depthLimit = depthLimit
        self.pathByteLimit = pathByteLimit
    }
}
