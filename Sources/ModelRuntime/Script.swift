import Foundation
import JSONSchemas

/// The values a scripted model plays, by the address of the step that asks for them.
struct Script: Sendable {
    /// One line of the file.
    struct Entry: Sendable {
        let step: String
        let value: JSONValue
        /// How sure the model was, 0...1.
        var confidence: Float = 1
        /// `file:line`, for messages.
        let place: String
    }

    private var waiting: [String: [Entry]] = [:]

    init(_ entries: [Entry]) {
        for entry in entries { waiting[entry.step, default: []].append(entry) }
    }

    /// Reads JSON Lines `{"step": ADDRESS, "value": VALUE, "confidence": P}`, the last one optional; empty lines are
    /// skipped.
    init(path: String) throws(ModelError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw ModelError(.badScript, "read script `\(path)`", "the file can't be read")
        }
        let file = URL(fileURLWithPath: path).lastPathComponent
        var entries: [Entry] = []
        let lines = Array(data).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > 32 }) {
            entries.append(try Self.entry(line, place: "\(file):\(index + 1)"))
        }
        self.init(entries)
    }

    private static func entry(_ line: ArraySlice<UInt8>, place: String) throws(ModelError) -> Entry {
        let operation = "read script line `\(place)`"
        let form =
            "Write `{\"step\": ADDRESS, \"value\": VALUE}`, with `\"confidence\": P` if you like, one on each line."
        let parsed: JSONValue
        do {
            parsed = try JSONValue(parsing: line)
        } catch {
            throw ModelError(.badScript, operation, "\(error.reason) at column \(error.column)", fix: form)
        }
        guard let object = parsed.objectValue else {
            throw ModelError(.badScript, operation, "it is not an object", fix: form)
        }
        if let unknown = object.keys.first(where: { !["step", "value", "confidence"].contains($0) }) {
            throw ModelError(.badScript, operation, "key `\(unknown)` is unknown", fix: form)
        }
        guard let step = object["step"]?.stringValue, !step.isEmpty else {
            throw ModelError(.badScript, operation, "`step` is not the address of a step", fix: form)
        }
        guard let value = object["value"] else {
            throw ModelError(.badScript, operation, "`value` is missing", fix: form)
        }
        let confidence = object["confidence"].map { $0.doubleValue ?? -1 } ?? 1
        guard (0...1).contains(confidence) else {
            throw ModelError(.badScript, operation, "`confidence` is not a number from 0 to 1", fix: form)
        }
        return Entry(step: step, value: value, confidence: Float(confidence), place: place)
    }

    /// The next value for the step at `address`; each is played once.
    mutating func next(for address: String) throws(ModelError) -> Entry {
        guard var entries = waiting[address], !entries.isEmpty else {
            let left = waiting.values.lazy.filter { !$0.isEmpty }.map { "`\($0[0].step)`" }.sorted()
            throw ModelError(
                .scriptEnded, "play step `\(address)`",
                waiting[address] == nil
                    ? "the script has no value for it" : "the script's values for it are used up",
                fix: left.isEmpty
                    ? "All of the script's values are used up."
                    : "Values are left for \(left.prefix(5).joined(separator: ", ")).")
        }
        let entry = entries.removeFirst()
        waiting[address] = entries
        return entry
    }
}
