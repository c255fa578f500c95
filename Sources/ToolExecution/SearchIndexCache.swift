import Databases
import Synchronization

/// Keeps the indexes of a run, so that a folder is read once and not at each search.
final class SearchIndexCache: Sendable {
    private let indexes = Mutex<[String: SearchIndex]>([:])

    /// The index for `key`, made by `build` the first time.
    func index(for key: String, build: () throws -> SearchIndex) throws -> SearchIndex {
        if let found = indexes.withLock({ $0[key] }) { return found }
        let made = try build()
        indexes.withLock { $0[key] = made }
        return made
    }
}
