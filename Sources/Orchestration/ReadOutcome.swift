import Crypto
import JSONSchemas
import Planning

/// What is left of an answer after its quotes were proven and its sure fields told from the unsure ones.
struct ReadOutcome {
    private(set) var value: JSONValue
    private let confidence: [String: Double]
    /// Nil where the step has no limit for them.
    private let margins: [String: Double]?
    /// Each option's share, by pointer; nil where the step doesn't ask for them.
    private let shares: JSONValue?
    /// The same without what is counted beside the model.
    private let modelShares: JSONValue?
    /// Fields that didn't reach a limit and are null now, in order.
    private(set) var escalated: [String] = []
    private var proven: [JSONValue] = []
    private var dropped = 0

    /// `thresholds`, `minMargins`: what `confidence` and `margins` have to reach.
    /// `sources`: the texts the model read, before they were neutralized; a quote must stand in one of them, byte for
    /// byte. One that stands in what the model saw of a text becomes the bytes it saw there.
    /// `segment`: the segment that was read, whose place in the whole document moves the quotes' byte ranges.
    init(
        value: JSONValue, confidence: [String: Double], thresholds: [(pointer: String, threshold: Double)],
        margins: [String: Double], minMargins: [(pointer: String, threshold: Double)],
        quotes: [String], sources: [String], segment: JSONValue?, shares: JSONValue? = nil,
        modelShares: JSONValue? = nil
    ) {
        self.value = value
        // Six digits: enough for any threshold, the same text on every run, and all that the record has.
        let confidence = confidence.mapValues { ($0 * 1_000_000).rounded() / 1_000_000 }
        self.confidence = confidence
        let margins = margins.mapValues { ($0 * 1_000_000).rounded() / 1_000_000 }
        self.margins = minMargins.isEmpty ? nil : margins
        self.shares = shares
        self.modelShares = modelShares
        escalate(thresholds, known: confidence)
        escalate(minMargins, known: margins)
        escalated.sort()
        let offset = segment?["byte_start"]?.intValue ?? 0
        let digest = segment?["source_sha256"]?.stringValue
        for pattern in quotes {
            prove(pattern, sources: sources, offset: offset, digest: digest)
        }
    }

    /// Takes out what doesn't reach its limit by what is `known` of it.
    private mutating func escalate(
        _ limits: [(pointer: String, threshold: Double)], known: [String: Double]
    ) {
        // A threshold of 0 asks how sure the model was and lets everything pass, also where nobody can tell.
        for (pointer, threshold) in limits where threshold > 0 {
            for tokens in Self.expand(Self.tokens(pointer)[...], in: value) {
                let found = JSONPointer(tokens).description
                guard let field = value.value(at: JSONPointer(tokens)), field.objectValue == nil,
                    field.arrayValue == nil
                else { continue }
                // Whatever does not reach the threshold is unsure: a smaller number, none at all, and what is no number.
                if let number = known[found], number >= threshold { continue }
                if escalated.contains(found) { continue }
                escalated.append(found)
                self.value = Self.replacing(self.value, tokens[...], with: .null) ?? .null
            }
        }
    }

    /// The fields that references reach.
    var json: JSONValue {
        var members: JSONObject = [
            "value": value, "confidence": confidenceJSON, "escalated": .array(escalated.map { .string($0) }),
            "quotes": .array(proven), "dropped": .integer(dropped),
            "outcome": escalated.isEmpty ? "done" : "needs_person",
        ]
        if let margins = marginJSON { members["margin"] = margins }
        if let shares { members["shares"] = shares }
        if let modelShares { members["model_shares"] = modelShares }
        return .object(members)
    }

    /// How sure the model was, by pointer.
    var confidenceJSON: JSONValue { Self.json(confidence) }

    /// By how much what was taken leads, by pointer; nil where no limit asks for it.
    var marginJSON: JSONValue? { margins.map(Self.json) }

    private static func json(_ numbers: [String: Double]) -> JSONValue {
        var pairs = JSONObject()
        for (pointer, number) in numbers.sorted(by: { $0.key < $1.key }) { pairs[pointer] = .number(number) }
        return .object(pairs)
    }

    /// Proves every quote at `pattern`; one that does not stand in the source takes the list item around it with it.
    private mutating func prove(_ pattern: String, sources: [String], offset: Int, digest: String?) {
        var doomed: [[String]] = []
        for tokens in Self.expand(Self.tokens(pattern)[...], in: value) {
            guard let quote = value.value(at: JSONPointer(tokens))?.stringValue, !quote.isEmpty,
                let (range, source) = Self.find(quote, in: sources)
            else {
                doomed.append(tokens)
                continue
            }
            let original = String(decoding: Array(source.utf8)[range], as: UTF8.self)
            if original != quote { value = Self.replacing(value, tokens[...], with: .string(original)) ?? .null }
            proven.append([
                "pointer": .string(JSONPointer(tokens).description),
                "byte_start": .integer(range.lowerBound + offset), "byte_end": .integer(range.upperBound + offset),
                "source_sha256": .string(digest ?? SHA256.hash(data: Array(source.utf8)).hexadecimal),
            ])
        }
        // From the back, so that removing an item does not move the ones still to be removed.
        for tokens in doomed.reversed() {
            dropped += 1
            let item = tokens.lastIndex { Int($0) != nil }.map { Array(tokens[...$0]) } ?? []
            value = Self.replacing(value, item[...], with: nil) ?? .null
        }
    }

    /// Where `quote` stands in one of the texts, in bytes: as it is, else where the model saw it.
    private static func find(_ quote: String, in sources: [String]) -> (Range<Int>, String)? {
        let wanted = Array(quote.utf8)
        for source in sources {
            if let range = first(wanted, in: Array(source.utf8)) { return (range, source) }
        }
        for source in sources {
            let shown = NeutralizedText(source)
            if shown.isChanged, let range = first(wanted, in: Array(shown.text.utf8)),
                let place = shown.sourceRange(of: range)
            {
                return (place, source)
            }
        }
        return nil
    }

    private static func first(_ wanted: [UInt8], in bytes: [UInt8]) -> Range<Int>? {
        guard !wanted.isEmpty, bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count)
        where bytes[start] == wanted[0] && bytes[start..<(start + wanted.count)].elementsEqual(wanted) {
            return start..<(start + wanted.count)
        }
        return nil
    }

    private static func tokens(_ pointer: String) -> [String] {
        (try? JSONPointer(parsing: pointer).tokens) ?? []
    }

    /// All places in `value` that a pointer with `*` names.
    private static func expand(_ pattern: ArraySlice<String>, in value: JSONValue) -> [[String]] {
        guard let token = pattern.first else { return [[]] }
        if token == "*", let object = value.objectValue {
            return object.flatMap { name, item in expand(pattern.dropFirst(), in: item).map { [name] + $0 } }
        }
        if token == "*" {
            return (value.arrayValue ?? []).enumerated().flatMap { index, item in
                expand(pattern.dropFirst(), in: item).map { [String(index)] + $0 }
            }
        }
        guard let inner = value[token] else { return [] }
        return expand(pattern.dropFirst(), in: inner).map { [token] + $0 }
    }

    /// `value` with the place at `tokens` replaced, or removed where `leaf` is `nil`.
    private static func replacing(_ value: JSONValue, _ tokens: ArraySlice<String>, with leaf: JSONValue?) -> JSONValue?
    {
        guard let token = tokens.first else { return leaf }
        if var list = value.arrayValue, let index = Int(token), list.indices.contains(index) {
            if let changed = replacing(list[index], tokens.dropFirst(), with: leaf) {
                list[index] = changed
            } else {
                list.remove(at: index)
            }
            return .array(list)
        }
        if var object = value.objectValue, let inner = object[token] {
            object[token] = replacing(inner, tokens.dropFirst(), with: leaf) ?? .null
            return .object(object)
        }
        return value
    }
}
