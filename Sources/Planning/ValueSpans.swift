import JSONSchemas

/// Finds where each scalar of a JSON document lies in its bytes, so that token probabilities can be told per field.
struct ValueSpans {
    private let bytes: [UInt8]
    private var position = 0
    private var spans: [(pointer: String, range: Range<Int>)] = []

    /// How sure the model was of each scalar: the product of the probabilities of the tokens that wrote it. Empty where
    /// nobody told.
    static func confidence(of generation: Generation) -> [String: Double] {
        guard generation.answerer == nil else { return [:] }
        return ranges(in: generation.bytes).mapValues { generation.probability(of: $0) }
    }

    /// Where each scalar is written, by JSON pointer.
    static func ranges(in document: [UInt8]) -> [String: Range<Int>] {
        var scanner = ValueSpans(document)
        scanner.scan(JSONPointer())
        return Dictionary(scanner.spans.map { ($0.pointer, $0.range) }) { $1 }
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Scans one value; the document is known to be valid JSON, so no error is looked for.
    private mutating func scan(_ pointer: JSONPointer) {
        skipBlanks()
        guard position < bytes.count else { return }
        switch bytes[position] {
        case UInt8(ascii: "{"):
            position += 1
            while true {
                skipBlanks()
                guard position < bytes.count, bytes[position] != UInt8(ascii: "}") else { break }
                let start = position
                skipString()
                let raw = Array(bytes[start..<position])
                let key = (try? JSONValue(parsing: raw))?.stringValue ?? ""
                skipPast(UInt8(ascii: ":"))
                scan(pointer.appending(key))
                skipBlanks()
                if position < bytes.count, bytes[position] == UInt8(ascii: ",") { position += 1 }
            }
            position += 1
        case UInt8(ascii: "["):
            position += 1
            var index = 0
            while true {
                skipBlanks()
                guard position < bytes.count, bytes[position] != UInt8(ascii: "]") else { break }
                scan(pointer.appending(String(index)))
                index += 1
                skipBlanks()
                if position < bytes.count, bytes[position] == UInt8(ascii: ",") { position += 1 }
            }
            position += 1
        case UInt8(ascii: "\""):
            let start = position
            skipString()
            spans.append((pointer.description, start..<position))
        default:
            let start = position
            while position < bytes.count, !",]} \n\r\t".utf8.contains(bytes[position]) { position += 1 }
            spans.append((pointer.description, start..<position))
        }
    }

    private mutating func skipBlanks() {
        while position < bytes.count, " \n\r\t".utf8.contains(bytes[position]) { position += 1 }
    }

    private mutating func skipPast(_ byte: UInt8) {
        while position < bytes.count, bytes[position] != byte { position += 1 }
        position += 1
    }

    private mutating func skipString() {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
    }
}
