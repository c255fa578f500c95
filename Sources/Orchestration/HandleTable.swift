import JSONSchemas
import Planning
import Provenance
import WorkflowFormat

/// The values an agent may refer to instead of copying them: each has a short name, a kind, and the label of the field
/// it stands in.
///
/// A name is its kind and a running number, `issue:1`. The table only grows, so that a name means the same in all turns,
/// and it is made from what the journal holds, so that a resumed run has the same one.
struct HandleTable {
    /// One value.
    struct Handle {
        let name: String
        let kind: String
        let value: JSONValue
        let label: Label
    }

    /// The handles in the order in which they were found.
    private(set) var handles: [Handle] = []
    /// The kinds that some argument on offer wants; nothing else is worth a name.
    private let kinds: Set<String>
    private var byName: [String: Int] = [:]
    private var counts: [String: Int] = [:]

    /// How many handles an agent has at most: they are options of a grammar and lines of a prompt.
    static let limit = 64
    /// Characters of a value in a listing.
    private static let shownLimit = 40

    /// A table for arguments that want these kinds.
    init(kinds: Set<String>) {
        self.kinds = kinds
    }

    /// The handle called `name`.
    func handle(named name: String) -> Handle? {
        byName[name].map { handles[$0] }
    }

    /// The handles of one kind.
    func handles(of kind: String) -> [Handle] {
        handles.filter { $0.kind == kind }
    }

    /// What an argument refers to, where it is exactly `{"$ref": NAME}`.
    static func reference(in argument: JSONValue) -> String? {
        guard let object = argument.objectValue, object.count == 1 else { return nil }
        return object[key]?.stringValue
    }

    /// The one member of a reference.
    static let key = "$ref"

    /// Finds values that name a record, and returns those that are new.
    ///
    /// `patterns`: pointers into `value`, `*` standing for every element, with the kind of record.
    /// `label`: the label of the field at a pointer.
    mutating func add(
        from value: JSONValue, _ patterns: [(tokens: [String], kind: String)], label: (JSONPointer) throws -> Label
    ) rethrows -> [Handle] {
        var added: [Handle] = []
        for (tokens, kind) in patterns where kinds.contains(kind) {
            for (pointer, found) in Self.fields(of: value, tokens[...], at: JSONPointer()) {
                // A record is named by one plain value.
                guard !found.isNull, found.objectValue == nil, found.arrayValue == nil else { continue }
                let label = try label(pointer)
                let isKnown = handles.contains { $0.kind == kind && $0.value == found && $0.label == label }
                guard !isKnown, handles.count < Self.limit else { continue }
                counts[kind, default: 0] += 1
                let handle = Handle(name: "\(kind):\(counts[kind, default: 0])", kind: kind, value: found, label: label)
                byName[handle.name] = handles.count
                handles.append(handle)
                added.append(handle)
            }
        }
        return added
    }

    /// How a prompt lists handles: as data, since their values may be anybody's text.
    static func listing(of handles: [Handle]) -> DataItem? {
        guard !handles.isEmpty else { return nil }
        let parts = handles.map { handle in
            let text = handle.value.serialized(.compact)
            return "\(handle.name) = \(text.count > shownLimit ? text.prefix(shownLimit) + "..." : text)"
        }
        return DataItem(
            name: "handles", text: "(to refer to: \(parts.joined(separator: ", ")))",
            label: Label.joining(handles.map(\.label)))
    }

    private static func fields(
        of value: JSONValue, _ tokens: ArraySlice<String>, at pointer: JSONPointer
    ) -> [(JSONPointer, JSONValue)] {
        guard let token = tokens.first else { return [(pointer, value)] }
        let rest = tokens.dropFirst()
        if let list = value.arrayValue {
            guard token == "*" else {
                guard let index = Int(token), list.indices.contains(index) else { return [] }
                return fields(of: list[index], rest, at: pointer.appending(index))
            }
            return list.enumerated().flatMap { fields(of: $0.element, rest, at: pointer.appending($0.offset)) }
        }
        guard let member = value[token] else { return [] }
        return fields(of: member, rest, at: pointer.appending(token))
    }
}
