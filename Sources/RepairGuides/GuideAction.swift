import JSONSchemas

/// The next thing to do in a repair; somebody else decides whether it may be done, and does it.
struct GuideAction: Hashable {
    enum Kind: String {
        /// Run a command with nothing writable.
        case check
        /// Read a file.
        case look
        /// Let a model choose among what was found.
        case choose
        /// Ask a person.
        case confirm
        /// Keep a copy of the folder.
        case snapshot
        /// Run a command that may change the folder.
        case run
        /// Replace one line of a file.
        case edit
        /// Put the folder back.
        case restore
        /// Nothing more to do.
        case end
    }

    let kind: Kind
    var step: GuideStep?
    var why = ""
    var hazards: [String] = []
    var argv: [String] = []
    var path = ""
    var oldLine = ""
    var newLine = ""
    var question = ""
    var evidence = ""
    var options: [(id: String, text: String)] = []

    init(_ kind: Kind, _ step: GuideStep?, why: String) {
        self.kind = kind
        self.step = step
        self.why = why
    }

    /// What tells one action from another when a record is gone through again.
    var identity: String {
        ([kind.rawValue, step?.id ?? "", path, oldLine, newLine, question] + argv + options.map(\.id))
            .joined(separator: "\u{1F}")
    }

    static func == (left: GuideAction, right: GuideAction) -> Bool {
        left.identity == right.identity
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(identity)
    }

    var json: JSONValue {
        var object: JSONObject = [
            "do": .string(kind.rawValue), "step": .string(step?.id ?? ""), "kind": .string(step?.kind.rawValue ?? ""),
            "instruction": .string(step?.instruction.line ?? ""), "why": .string(why),
            "hazards": .array(hazards.map { .string($0) }), "identity": .string(identity),
        ]
        switch kind {
        case .check, .run: object["argv"] = .array(argv.map { .string($0) })
        case .look: object["path"] = .string(path)
        case .edit:
            object["path"] = .string(path)
            object["old_line"] = .string(oldLine)
            object["new_line"] = .string(newLine)
        case .choose:
            object["question"] = .string(question)
            object["evidence"] = .string(evidence)
            object["options"] = .array(options.map { ["id": .string($0.id), "text": .string($0.text)] })
        case .confirm: object["question"] = .string(question)
        case .snapshot, .restore, .end: break
        }
        return .object(object)
    }

    /// The member of a turn that holds the result.
    var slot: String { kind.rawValue }
}
