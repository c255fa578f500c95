public import JSONSchemas
public import Provenance
public import WorkflowFormat

/// The handles that structured lookups of one run vouch for, each for one kind of record.
///
/// Fed with every observation, it answers whether a value names a record that a trusted text pointed at. It looks at
/// recorded fields alone, never at what a model says about them.
public struct HandleLedger: Hashable, Sendable {
    private struct Handle: Hashable, Sendable {
        let kind: String
        let text: String
    }

    private var handles: [Handle: Label] = [:]

    /// Describing fields and questions of fewer characters, without a letter, or of common words alone name nothing.
    public static let shortestDescription = 3

    /// A ledger that vouches for nothing.
    public init() {}

    /// Whether nothing is vouched for.
    public var isEmpty: Bool { handles.isEmpty }

    /// The endorsed label of a value as a handle for a record of this kind; nil when no lookup vouches for it.
    public func label(of value: JSONValue, as kind: String) -> Label? {
        Self.text(of: value).flatMap { handles[Handle(kind: kind, text: $0)] }
    }

    /// What is vouched for of the values in a call's arguments, in a fixed order.
    func toJSON(for call: ToolCall) -> JSONValue {
        let texts = Set(call.arguments.flatMap(\.value.leaves).compactMap(Self.text))
        let relevant = handles.filter { texts.contains($0.key.text) }
            .sorted { ($0.key.kind, $0.key.text) < ($1.key.kind, $1.key.text) }
        return .array(
            relevant.map {
                ["kind": .string($0.key.kind), "text": .string($0.key.text), "label": $0.value.toJSON()]
            })
    }

    /// The ledger that ``toJSON(for:)`` wrote; nil for anything else.
    init?(fromJSON value: JSONValue) {
        guard let list = value.arrayValue else { return nil }
        for item in list {
            guard let kind = item["kind"]?.stringValue, let text = item["text"]?.stringValue,
                let label = item["label"].flatMap(Label.init(fromJSON:))
            else { return nil }
            handles[Handle(kind: kind, text: text)] = label
        }
    }

    /// Takes in what a call found.
    ///
    /// - Parameters:
    ///   - call: The call, as it was made.
    ///   - result: What it returned.
    ///   - step: The address of the step that made it.
    ///   - rules: What its tool vouches for; see ``Policy/vouches(for:)``.
    ///   - task: The trusted texts of the run.
    ///   - labels: The labels of the call's arguments; a trusted one counts as trusted text.
    public mutating func observe(
        _ call: ToolCall, result: JSONValue, at step: String, rules: [VouchRule], task: TypedMatch,
        labels: [String: Label] = [:]
    ) {
        guard !rules.isEmpty else { return }
        let isAskedByTask = Self.isAsked(call, by: task, labels)
        let asked = Self.trustedTexts(of: call, labels)
        for rule in rules {
            guard let found = result.value(at: rule.records) else { continue }
            let records = found.arrayValue ?? (found.isNull ? [] : [found])
            let endorsed: [Int]
            switch rule.condition {
            case .described(let fields): endorsed = Self.described(records, by: fields, handle: rule.handle, [task])
            case .onlyMatch(let fields):
                endorsed =
                    isAskedByTask && records.count == 1
                    ? Self.found(records, by: fields, handle: rule.handle, [task, asked]) : []
            case .directory(let fields):
                endorsed = isAskedByTask ? Self.found(records, by: fields, handle: rule.handle, [task, asked]) : []
            case .created: endorsed = records.count == 1 ? [0] : []
            }
            for index in endorsed {
                let base = found.arrayValue == nil ? rule.records : rule.records.appending(index)
                let source = Source(
                    step: step, tool: call.tool, pointer: JSONPointer(base.tokens + rule.handle.tokens).description)
                add(records[index].value(at: rule.handle), rule.kind, .endorsed(source))
            }
        }
    }

    private mutating func add(_ value: JSONValue?, _ kind: String, _ label: Label) {
        guard let value else { return }
        for element in value.arrayValue ?? [value] {
            guard let text = Self.text(of: element), !text.isEmpty else { continue }
            handles[Handle(kind: kind, text: text)] = label
        }
    }

    /// Whether the call asks for what the task speaks of: each value in it came from trusted text, and one of them says
    /// which record is meant. A word that stands in every text, such as `the`, asks for nothing: it finds whatever
    /// whoever makes the call wants it to find.
    private static func isAsked(_ call: ToolCall, by task: TypedMatch, _ labels: [String: Label]) -> Bool {
        var saysWhich = false
        for (argument, value) in call.arguments where !value.isNull {
            let isTrusted = labels[argument]?.integrity == .trusted
            for leaf in value.leaves {
                if isTrusted {
                    saysWhich = true
                    continue
                }
                guard task.holds(leaf) else { return false }
                if let text = leaf.stringValue {
                    if isDescription(text) {
                        saysWhich = true
                    } else if TextDate(iso: text) == nil {
                        return false
                    }
                }
            }
        }
        return saysWhich
    }

    /// What the trusted arguments of the call say: it may name a record as the task does.
    private static func trustedTexts(of call: ToolCall, _ labels: [String: Label]) -> TypedMatch {
        TypedMatch(
            call.arguments.flatMap { argument, value in
                labels[argument]?.integrity == .trusted ? value.scalars.compactMap(text) : []
            })
    }

    /// The records that a lookup of the task's found: those that a trusted text names by one of the fields, or without
    /// fields all of them.
    private static func found(
        _ records: [JSONValue], by fields: [JSONPointer]?, handle: JSONPointer, _ trusted: [TypedMatch]
    ) -> [Int] {
        fields.map { described(records, by: $0, handle: handle, trusted) } ?? Array(records.indices)
    }

    /// The records that a trusted text names by one of their fields.
    ///
    /// Two records of one name are named by neither, and a name that is only a part of another record's, such as
    /// `event` of `Networking event`, names nothing: otherwise whoever may add a record could slip it in beside the one
    /// that is meant.
    private static func described(
        _ records: [JSONValue], by fields: [JSONPointer], handle: JSONPointer, _ trusted: [TypedMatch]
    ) -> [Int] {
        let names = records.map { record in
            fields.compactMap { record.value(at: $0) }.flatMap(\.scalars).compactMap(text).filter { name in
                isDescription(name) && trusted.contains { $0.holds(.string(name)) }
            }.map { $0.lowercased() }
        }
        return records.indices.filter { index in
            names[index].contains { name in
                records.indices.allSatisfy { other in
                    other == index || records[other].value(at: handle) == records[index].value(at: handle)
                        || names[other].allSatisfy { $0 != name && !TypedMatch([$0]).holds(.string(name)) }
                }
            }
        }
    }

    /// Whether a text can name a record: it is long enough, and one of its words has a letter and is no word that stands
    /// in every text.
    private static func isDescription(_ text: String) -> Bool {
        guard text.unicodeScalars.count >= shortestDescription else { return false }
        return PreparedText.folded(Array(text.unicodeScalars)).split { !PreparedText.isWord($0) }.contains { word in
            word.contains { $0.properties.isAlphabetic }
                && !CommonWords.contains(String(String.UnicodeScalarView(word)))
        }
    }

    /// A scalar as the text that identifies it; an integer and its digits are the same handle.
    private static func text(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        default: nil
        }
    }
}
