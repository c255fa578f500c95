/// One difference between a workspace and the copy a sandboxed command worked on.
package struct WorkspaceChange: Hashable, Sendable {
    /// What happened to the path.
    package enum Kind: String, Hashable, Sendable {
        /// Nothing was there before.
        case added
        /// Something else is there now, or its permissions are others.
        case changed
        /// Nothing is there any more.
        case removed
    }

    /// What is there now. A file's bytes stay in the sandbox's folder until they are imported.
    package enum Content: Hashable, Sendable {
        /// A regular file of that many bytes.
        case file(byteCount: Int)
        /// A folder; what is in it has changes of its own.
        case folder
        /// A symbolic link.
        case link(target: [UInt8])
    }

    /// Where, below the folder.
    package let path: ConfinedPath
    /// What happened.
    package let kind: Kind
    /// What is there now; nil when it was removed and when only its permissions changed.
    package let content: Content?
    /// The permission bits (`0o777`) it has now; nil when they did not change.
    package let mode: UInt16?
}

/// A difference that is not imported.
package struct WorkspaceRefusal: Hashable, Sendable, CustomStringConvertible {
    /// Where, for people (see ``VisiblePath``); `.` when nothing at all is imported.
    package let path: String
    /// Why, as words that fit after a colon.
    package let reason: String

    /// `<path>: <reason>`.
    package var description: String { "\(path): \(reason)" }
}
