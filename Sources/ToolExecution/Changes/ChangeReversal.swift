import Glibc
package import SandboxExecution

/// Makes paths below one folder what they were, where nobody touched them since.
///
/// The folder is held open, and the kernel refuses every way that leads over a link or out of it: whoever swaps a folder
/// for a link between the look and the deed gains nothing.
public struct ChangeReversal: Sendable {
    /// A path with what it was and what it was made.
    public struct Item: Hashable, Sendable {
        /// Where.
        package let path: ConfinedPath
        /// What it was before.
        public let before: EntryState
        /// What it was made.
        public let after: EntryState
        /// What it was before the last change, which may never have happened: it is recorded first.
        public let beforeLast: EntryState
        /// Whether the call that made the last change was cut short, perhaps where one thing was gone and the next not
        /// there yet.
        let isCutShort: Bool

        /// What undoes `changes` of one path, one after the other.
        ///
        /// `isCutShort`: whether nobody knows how far the call that made the last of them came.
        public init?(undoing changes: [ChangeSet.Change], isCutShort: Bool) {
            guard let first = changes.first, let last = changes.last else { return nil }
            path = first.path
            before = first.before
            after = last.after
            beforeLast = last.before
            self.isCutShort = isCutShort
        }

        /// Whether nobody else touched a path that is in this state now.
        func explains(_ now: EntryState) -> Bool {
            now.matches(after) || now.matches(beforeLast) || (isCutShort && now == .absent)
        }

        /// The path for people.
        public var visiblePath: String { path.description }
    }

    /// A path that is not what it was.
    public struct Rest: Hashable, Sendable {
        /// Where.
        public let item: Item
        /// Why, in words that fit after a colon.
        public let reason: String
        /// Whether it should have been; else it stays for a reason, such as a folder with other things in it.
        public let isFailure: Bool
    }

    /// What a look at a path found.
    public enum Finding: Hashable, Sendable {
        /// It is what it was made, and can be undone.
        case undoable
        /// It is already what it was before.
        case isUndone
        /// It can't be undone, for a reason in words that fit after a colon.
        case refused(String)
    }

    /// The folder.
    public let root: String
    private let folder: ConfinedFolder
    private let preimages: PreimageFolder

    /// Opens the folder.
    ///
    /// - Throws: `ToolError` when it isn't there, or a link has its place.
    public init(root: String, preimages: PreimageFolder) throws(ToolError) {
        self.root = root
        self.preimages = preimages
        do {
            folder = try ConfinedFolder(opening: root, what: "folder to undo changes in")
        } catch {
            throw ToolError(.refused, error.description)
        }
    }

    /// Looks at a path and changes nothing.
    public func look(at item: Item) -> Finding {
        let now: EntryState
        do {
            now = try EntryState(of: item.path, in: folder)
        } catch {
            return .refused((error as? ConfinedFolderError)?.reason ?? "\(error)")
        }
        if now == item.before || (item.before == .absent && now == .absent) { return .isUndone }
        guard item.explains(now) else {
            return .refused("somebody changed it since: it is \(now.words) and was made \(item.after.words)")
        }
        switch item.before {
        case .other(let words): return .refused("it was \(words), which is not kept")
        case .file(let sha256, _, _):
            if case .file(sha256, _, _) = now { return .undoable }
            return preimages.holds(sha256)
                ? .undoable : .refused("what it was before (`\(sha256.prefix(12))`) is not kept any more")
        case .absent, .folder, .link: return .undoable
        }
    }

    /// Makes paths what they were, after looking at each once more.
    ///
    /// Removals come first, the deepest before the folders they lie in, then folders, then what goes into them; the
    /// permissions of folders come last, since they may forbid what was still to be done. A folder that somebody put
    /// something else into stays.
    ///
    /// - Returns: what is not as it was now.
    public func undo(_ items: [Item]) -> [Rest] {
        var rests: [Rest] = []
        func attempt(_ item: Item, _ deed: (Item) throws -> Void) {
            do {
                try deed(item)
            } catch {
                let reason = (error as? ConfinedFolderError)?.reason ?? "\(error)"
                rests.append(Rest(item: item, reason: reason, isFailure: !(error is Kept)))
            }
        }
        let sorted = items.sorted { $0.path < $1.path }
        for item in sorted.reversed() where item.before == .absent { attempt(item, remove) }
        for item in sorted where item.before.isFolder { attempt(item, makeFolder) }
        for item in sorted where !item.before.isFolder && item.before != .absent { attempt(item, putBack) }
        for item in sorted.reversed() {
            if case .folder(let mode) = item.before { attempt(item) { try folder.setMode(mode, of: $0.path) } }
        }
        return rests
    }

    /// Removes the folder itself, if nothing is in it any more.
    public func removeEmptyRoot() {
        // A link in its place is no folder, and stays. The pointer lives as long as the call.
        _ = unsafe rmdir(root)
    }

    private func remove(_ item: Item) throws {
        guard let now = try checked(item).status else { return }
        if now.kind == .folder {
            do throws(ConfinedFolderError) {
                try folder.removeFolder(item.path)
            } catch .system(ENOTEMPTY) {
                throw Kept.notEmpty
            } catch .exists {
                throw Kept.notEmpty
            }
        } else {
            try folder.removeFile(item.path)
        }
    }

    private func makeFolder(_ item: Item) throws {
        let now = try checked(item).status
        if now?.kind == .folder { return }
        if now != nil { try folder.removeFile(item.path) }
        try folder.makeFolder(item.path)
    }

    private func putBack(_ item: Item) throws {
        let found = try checked(item)
        var now = found.status
        if now?.kind == .folder {
            try folder.removeFolder(item.path)
            now = nil
        }
        switch item.before {
        case .file(let sha256, _, let mode):
            // What is there counts, and not what the last change was to make: it may never have happened.
            if case .file(sha256, _, _) = found.state, now?.kind == .file {
                return try folder.setMode(mode, of: item.path)
            }
            let bytes = try preimages.read(sha256)
            try folder.placeFile(at: item.path, mode: mode, expecting: now, isSynced: true) {
                file throws(ConfinedFolderError) in
                try file.write(bytes, count: bytes.count, at: 0)
            }
        case .link(let target): try folder.placeLink(at: item.path, to: target, expecting: now)
        case .absent, .folder, .other: break
        }
    }

    /// What is at the path, if that is what was looked at; its status is nil for nothing.
    private func checked(_ item: Item) throws -> (status: EntryStatus?, state: EntryState) {
        // The status comes first: what is done to the file after it shows when the file is replaced.
        let status = try folder.existing(item.path)
        let now = try EntryState(of: item.path, in: folder)
        guard item.explains(now) || now == item.before else { throw ConfinedFolderError.changed }
        return (status, now)
    }

    private enum Kept: Error, CustomStringConvertible {
        case notEmpty

        var description: String { "the folder stays, since something else is in it" }
    }
}

extension EntryState {
    fileprivate var isFolder: Bool {
        if case .folder = self { true } else { false }
    }
}
