public import JSONSchemas
public import ToolExecution

/// One path in the undoing of a run.
public struct UndoPath: Hashable, Sendable {
    /// The folder.
    public let root: String
    /// What it was and was made.
    let item: ChangeReversal.Item
    /// What a look at it found.
    public internal(set) var finding: ChangeReversal.Finding
    /// The steps whose changes of it are undone.
    let steps: Set<String>

    /// The path as people see it.
    public var visiblePath: String { root + "/" + item.visiblePath }

    /// What becomes of it, in one word of the command's output.
    public var action: String {
        switch finding {
        case .isUndone: "unchanged"
        case .refused: "refused"
        case .undoable:
            switch (item.before, item.after) {
            case (.absent, _): "remove"
            case (_, .absent): "restore"
            default: "change back"
            }
        }
    }

    /// Why it is refused; nil where it isn't.
    public var refusal: String? {
        if case .refused(let reason) = finding { reason } else { nil }
    }

    /// As one value.
    public func toJSON() -> JSONValue {
        [
            "type": "path", "path": .string(visiblePath), "steps": .array(steps.sorted().map { .string($0) }),
            "action": .string(action), "before": item.before.toJSON(),
            "reason": refusal.map { .string($0) } ?? .null,
        ]
    }
}
