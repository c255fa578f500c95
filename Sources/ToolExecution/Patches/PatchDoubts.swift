import JSONSchemas

/// What a person should know of a patch before believing it: signs that it answers the cases and nothing else.
///
/// They are no refusals. A limit that is one off stands in a boundary case, too.
struct PatchDoubts: Sendable {
    let source: PatchSource
    let suite: CaseSuite

    /// Each doubt as part of a sentence.
    func doubts(about edit: PatchEdit) -> [String] {
        var doubts: [String] = []
        if Set(suite.expectations).count == 1 {
            doubts.append("every case expects the same, so a line that always answers it passes as well")
        }
        if let literal = literals(of: edit.new).first(where: { !isKnown($0) && isInCases($0) }) {
            let shown = String(literal.unicodeScalars.prefix(40))
            doubts.append("it names `\(shown)`, which cases hold and the program doesn't, so it may answer these alone")
        }
        return doubts
    }

    /// The numbers and quoted texts of a line, without quotes, that are long enough to be no chance.
    private func literals(of text: String) -> [String] {
        SourceToken.tokens(of: Array(text.utf8), in: source.dialect).compactMap { token -> String? in
            switch token.kind {
            case .number: token.text.utf8.count > 1 ? token.text : nil
            case .text: token.text.utf8.count > 4 ? String(token.text.dropFirst().dropLast()) : nil
            case .word, .symbol: nil
            }
        }
    }

    private func isKnown(_ literal: String) -> Bool {
        source.program.lines.contains { Self.holds(Array($0.utf8), literal) }
    }

    private func isInCases(_ literal: String) -> Bool {
        suite.rows.indices.contains { index in
            let value = suite.rows[index]["value"]?.serialized() ?? ""
            return Self.holds(suite.inputs[index], literal) || Self.holds(Array(value.utf8), literal)
        }
    }

    /// Whether `literal` stands in `bytes` as a whole: `12` doesn't in `312`.
    private static func holds(_ bytes: [UInt8], _ literal: String) -> Bool {
        func isPart(_ byte: UInt8) -> Bool {
            let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= (byte | 0x20)
            return isLetter || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
        }
        let wanted = Array(literal.utf8)
        guard let head = wanted.first, wanted.count <= bytes.count else { return false }
        return (0...(bytes.count - wanted.count)).contains { start in
            let end = start + wanted.count
            guard bytes[start] == head, bytes[start..<end].elementsEqual(wanted) else { return false }
            return (start == 0 || !isPart(bytes[start - 1])) && (end == bytes.count || !isPart(bytes[end]))
        }
    }
}
