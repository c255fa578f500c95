import Documents

/// Cuts a long text into chunks that fit a number of tokens: at headings where possible, else between paragraphs, else
/// between lines. Chunks are verbatim and in order.
struct TextChunker {
    /// Tokens a chunk may have.
    let limit: Int
    /// Counts the tokens of a text.
    let count: (String) async throws -> Int

    init(limit: Int, count: @escaping (String) async throws -> Int) {
        self.limit = limit
        self.count = count
    }

    /// The chunks, or `nil` when a single line is too long.
    func chunks(of text: String) async throws -> [String]? {
        var pieces: [(text: String, tokens: Int)] = []
        for unit in try await fitting(text, units: [.sections, .paragraphs, .lines]) ?? [] {
            if let last = pieces.last, last.tokens + unit.tokens + 2 <= limit {
                pieces[pieces.count - 1] = (last.text + "\n\n" + unit.text, last.tokens + unit.tokens + 2)
            } else {
                pieces.append(unit)
            }
        }
        return pieces.isEmpty ? nil : pieces.map(\.text)
    }

    private func fitting(
        _ text: String, units: ArraySlice<DocumentSegmenter.Unit>
    ) async throws -> [(text: String, tokens: Int)]? {
        let tokens = try await count(text)
        if tokens <= limit { return [(text, tokens)] }
        guard let unit = units.first else { return nil }
        var found: [(text: String, tokens: Int)] = []
        for segment in DocumentSegmenter().segments(of: text, by: unit) {
            guard let parts = try await fitting(segment.text, units: units.dropFirst()) else { return nil }
            found += parts
        }
        return found
    }
}
