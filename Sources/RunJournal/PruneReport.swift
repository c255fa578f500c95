/// What pruning removed, or would remove.
public struct PruneReport: Hashable, Sendable {
    /// Bodies of one class.
    public struct Amount: Hashable, Sendable {
        /// How many bodies.
        public internal(set) var count = 0
        /// Their bytes in all.
        public internal(set) var byteCount = 0

        mutating func add(_ bytes: Int) {
            count += 1
            byteCount += bytes
        }
    }

    /// Whether nothing was removed, and this is what would be.
    public let isDryRun: Bool
    /// The bodies that are gone, by class.
    public internal(set) var erased: [BodyClass: Amount] = [:]
    /// Bodies that are old enough and belong to a run under a legal hold.
    public internal(set) var held = Amount()
    /// Bodies that are old enough and belong to a run that may still go on and needs them.
    public internal(set) var needed = Amount()
    /// Files without an entry, left by killed processes, that are gone.
    public internal(set) var strayFileCount = 0
    /// Entries that are older than the record is wanted for; they stay.
    public internal(set) var oldEntryCount = 0

    init(isDryRun: Bool) { self.isDryRun = isDryRun }
}
