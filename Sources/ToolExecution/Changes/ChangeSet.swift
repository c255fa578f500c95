public import JSONSchemas
package import SandboxExecution

/// Changes of files that are about to be made: what each path is now, and what it is to become.
///
/// It is recorded before the first of them is made, so that whatever happens then can be told apart from what somebody
/// else did, and can be undone.
public struct ChangeSet: Hashable, Sendable {
    /// One path.
    public struct Change: Hashable, Sendable {
        /// Where, below the folder.
        package let path: ConfinedPath
        /// What is there now.
        public let before: EntryState
        /// What will be there.
        public let after: EntryState

        /// The path for people.
        public var visiblePath: String { path.description }

        /// Whether the path is what it is to become already.
        public var isNone: Bool { before == after }
    }

    /// The folder, absolute.
    public let root: String
    /// Whether the folder itself is made for this.
    public let makesRoot: Bool
    /// The paths that become something else, and files of the run's own that are so already.
    public let changes: [Change]

    /// Looks at every path that is to become something, keeps what files hold now, and records all of it.
    ///
    /// - Parameters:
    ///   - wanted: the paths with what they are to become. What is so already is left out.
    ///   - folder: the folder, held open.
    ///   - root: its path.
    ///   - makesRoot: whether it was made just now.
    ///   - own: a file that is the run's own from here on, and recorded also where it is so already: undoing an older
    ///     run must not take it away.
    ///   - address: the step.
    ///   - keeper: where it is kept.
    /// - Throws: what the folder or the keeper throws; nothing may be changed then.
    package static func prepare(
        _ wanted: [(path: ConfinedPath, after: EntryState)], in folder: ConfinedFolder, root: String,
        makesRoot: Bool = false, own: ConfinedPath? = nil, at address: String, keeping keeper: any ChangeKeeper
    ) throws {
        var changes: [Change] = []
        for (path, after) in wanted {
            let before = try EntryState(of: path, in: folder) { bytes in
                if case .file(let sha256, _, _) = after, ContentDigest.hex(bytes) == sha256 { return }
                try keeper.store(bytes)
            }
            if before != after || path == own { changes.append(Change(path: path, before: before, after: after)) }
        }
        guard !changes.isEmpty else { return }
        try keeper.record(ChangeSet(root: root, makesRoot: makesRoot, changes: changes), at: address)
    }

    private init(root: String, makesRoot: Bool, changes: [Change]) {
        self.root = root
        self.makesRoot = makesRoot
        self.changes = changes
    }

    /// Everything, as it is journaled.
    public func toJSON() -> JSONValue {
        [
            "root": .string(root), "makes_root": .bool(makesRoot),
            "changes": .array(
                changes.map { change in
                    var object: JSONObject = [:]
                    ByteText.write(change.path.bytes, as: "path", into: &object)
                    object["before"] = change.before.toJSON()
                    object["after"] = change.after.toJSON()
                    return .object(object)
                }),
        ]
    }

    /// The changes that ``toJSON()`` wrote; nil for anything else, and where a path leads out of the folder.
    public init?(fromJSON value: JSONValue) {
        guard let root = value["root"]?.stringValue, root.hasPrefix("/"), let list = value["changes"]?.arrayValue else {
            return nil
        }
        var changes: [Change] = []
        for item in list {
            guard let bytes = ByteText.read("path", from: item), let path = try? ConfinedPath(bytes: bytes),
                let before = item["before"].flatMap(EntryState.init(fromJSON:)),
                let after = item["after"].flatMap(EntryState.init(fromJSON:))
            else { return nil }
            changes.append(Change(path: path, before: before, after: after))
        }
        self.init(root: root, makesRoot: value["makes_root"]?.boolValue ?? false, changes: changes)
    }
}
