import JSONSchemas
import RunJournal

/// Where paths led when the run looked, and which folders rules named: what a run asks the disk, and its record knows.
struct RecordedPlaces: Sendable {
    private var paths: [String: [(sequence: Int, path: String)]] = [:]
    private var roots: [String: [(sequence: Int, roots: JSONValue)]] = [:]

    init(_ entries: [JournalEntry]) {
        var proposed: [String: JSONValue] = [:]
        var edited: [String: JSONValue] = [:]
        for entry in entries {
            switch entry.kind {
            case .callProposed: proposed[entry.step] = entry.body["arguments"]
            case .approvalRecorded: edited[entry.step] = entry.body["edited"]
            case .callDecided, .provisionalObserved:
                guard let context = entry.body["context"] else { continue }
                add(context["paths"], of: entry.body["arguments"] ?? proposed[entry.step], entry)
                if let found = context["roots"] { roots[entry.step, default: []].append((entry.sequence, found)) }
            case .executionStarted: add(entry.body["paths"], of: edited[entry.step], entry)
            default: break
            }
        }
    }

    private mutating func add(_ found: JSONValue?, of arguments: JSONValue?, _ entry: JournalEntry) {
        for (name, path) in found?.objectValue ?? [:] {
            guard let text = arguments?[name]?.stringValue, let path = path.stringValue else { continue }
            paths[Self.key(entry.step, text), default: []].append((entry.sequence, path))
        }
    }

    /// Where `text` led for the step at `address`, as it was looked up next after the entry `sequence`, or last before.
    func path(_ text: String, at address: String, after sequence: Int) -> String? {
        guard let found = paths[Self.key(address, text)] else { return nil }
        return (found.first { $0.sequence > sequence } ?? found.last)?.path
    }

    /// The folders of a step's rules.
    func roots(at address: String, after sequence: Int) -> [String: [String]] {
        guard let found = roots[address] else { return [:] }
        let chosen = (found.first { $0.sequence > sequence } ?? found.last)?.roots
        var result: [String: [String]] = [:]
        for (rule, list) in chosen?.objectValue ?? [:] {
            result[rule] = list.arrayValue?.compactMap(\.stringValue)
        }
        return result
    }

    private static func key(_ address: String, _ text: String) -> String { address + "\n" + text }
}
