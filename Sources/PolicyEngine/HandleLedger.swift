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

    /// Describing fields of fewer characters, or without a letter, name nothing.
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
        for rule in rules {
            guard let found = result.value(at: rule.records) else { continue }
            let records = found.arrayValue ?? (found.isNull ? [] : [found])
            let endorsed: [Int]
            switch rule.condition {
            case .described(let fields): endorsed = Self.described(records, by: fields, handle: rule.handle, task)
            case .onlyMatch: endorsed = isAskedByTask && records.count == 1 ? [0] : []
            case .directory: endorsed = isAskedByTask ? Array(records.indices) : []
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

    /// Whether the call has arguments and each came from trusted text.
    private static func isAsked(_ call: ToolCall, by task: TypedMatch, _ labels: [String: Label]) -> Bool {
        var count = 0
        for (argument, value) in call.arguments where !value.isNull {
            for leaf in value.leaves {
                count += 1
                guard labels[argument]?.integrity == .trusted || task.holds(leaf) else { return false }
            }
        }
        return count > 0
    }

    /// The records that the task names by one of their fields.
    ///
    /// Two records of one name are named by neither, and a name that is only a part of another record's, such as
    /// `event` of `Networking event`, names nothing: otherwise whoever may add a record could slip it in beside the one
    /// that is meant.
    private static func described(
        _ records: [JSONValue], by fields: [JSONPointer], handle: JSONPointer, _ task: TypedMatch
    ) -> [Int] {
        let names = records.map { record in
            fields.compactMap { record.value(at: $0) }.flatMap(\.leaves).compactMap(text).filter {
                isDescription($0) && task.holds(.string($0))
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

    private static func isDescription(_ text: String) -> Bool {
        text.unicodeScalars.count >= shortestDescription && text.unicodeScalars.contains { $0.properties.isAlphabetic }
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

extension JSONValue {
    /// The scalars in it that are not null.
    var leaves: [JSONValue] {
        switch self {
        case .null: []
        case .array(let elements): elements.flatMap(\.leaves)
        case .object(let members): members.flatMap(\.value.leaves)
        default: [self]
        }
    }
}
