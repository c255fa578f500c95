public import JSONSchemas
public import PolicyEngine

/// One question with all that an answer needs.
public struct QuestionView: Hashable, Sendable {
    /// The question in short.
    public let row: QuestionRow
    /// The workflow's name.
    public let workflow: String
    /// What the call does and where it lands; empty where its tool is not known, and for a gate.
    public let about: String
    /// The call with raw values, labels, origins and snippets; nil where the record is damaged.
    public let call: CallView?
    /// What the call would change in a file.
    public let change: ChangeView?
    /// The arguments as JSON over several lines, where they can be edited; empty where they can't.
    public internal(set) var editable: String
    /// The arguments whose values a person can vouch for.
    public let endorsable: [String]
    /// The process that works on the run, so that it can't be answered here now; nil where none does.
    public let holder: Int32?
    /// Whether an answer has to say what became of the call, and the result it had can be given with it.
    public var isSettled: Bool { row.kind == .outcome }
    /// Other questions that ask the same of the same tool by the same rule, by their entries.
    public let alike: [Int]
    /// The question before in the list; nil where this is the first.
    public let previous: Int?
    /// The question after in the list; nil where this is the last.
    public let next: Int?

    /// Makes the view.
    public init(
        row: QuestionRow, workflow: String, about: String, call: CallView?, change: ChangeView?, editable: String,
        endorsable: [String], holder: Int32?, alike: [Int], previous: Int?, next: Int?
    ) {
        self.row = row
        self.workflow = workflow
        self.about = about
        self.call = call
        self.change = change
        self.editable = editable
        self.endorsable = endorsable
        self.holder = holder
        self.alike = alike
        self.previous = previous
        self.next = next
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        var members = row.toJSON().objectValue ?? JSONObject()
        members["workflow"] = .string(workflow)
        members["about"] = .string(about)
        members["view"] = call?.toJSON() ?? .null
        members["change"] = change?.toJSON() ?? .null
        members["endorsable"] = .array(endorsable.map { .string($0) })
        members["holder"] = holder.map { .integer(Int($0)) } ?? .null
        members["alike"] = .array(alike.map { .integer($0) })
        members["previous"] = previous.map { .integer($0) } ?? .null
        members["next"] = next.map { .integer($0) } ?? .null
        return .object(members)
    }
}
