import Foundation
import LossyStorage

/// A folder whose SQLite files lose what was not synchronized when power is cut: see `lossy_storage.h`.
///
/// The files have to be closed before the value's life ends. Files that are no databases are ordinary ones.
package final class LossyFolder: Sendable {
    private let number: Int32

    /// Watches `path`, an absolute path without symbolic links.
    package init(_ path: String) {
        precondition(lossy_storage_register() == 0, "SQLite must accept the storage")
        // The string lives for the call, which copies it.
        number = unsafe lossy_storage_watch(path)
        precondition(number >= 0, "at most 64 folders at once")
    }

    deinit { lossy_storage_unwatch(number) }

    /// Cuts power at the n-th operation from now; what was not synchronized is torn by chance, or else forgotten.
    package func cutPower(at operation: Int, tearing: Bool, seed: UInt64 = 0) {
        lossy_storage_cut_at(number, Int64(operation), tearing, seed)
    }

    /// From now on it says that it synchronized and does not.
    package func lie() { lossy_storage_lie(number, true) }

    /// The n-th write from now, and all after it, find the disk full.
    package func fillDisk(at write: Int) { lossy_storage_fail(number, LOSSY_WRITE, Int64(write), true) }

    /// There is space again.
    package func emptyDisk() { lossy_storage_fail(number, LOSSY_WRITE, 0, false) }

    /// The n-th synchronization from now fails, once.
    package func failSynchronization(_ occurrence: Int) {
        lossy_storage_fail(number, LOSSY_SYNC, Int64(occurrence), false)
    }

    /// Writes, truncations and synchronizations so far.
    package var operationCount: Int { Int(lossy_storage_count(number, -1)) }

    /// Writes so far.
    package var writeCount: Int { Int(lossy_storage_count(number, Int32(LOSSY_WRITE.rawValue))) }

    /// Synchronizations so far.
    package var synchronizationCount: Int { Int(lossy_storage_count(number, Int32(LOSSY_SYNC.rawValue))) }

    /// Whether power was cut.
    package var isCut: Bool { lossy_storage_is_cut(number) }
}
