/// The words of a free text that are worth looking for. No tracker's query language gets through.
enum SearchWords {
    /// The longest words of letters and digits, each once.
    static func longest(in text: String, limit: Int) -> [String] {
        var seen: Set<String> = []
        let words = text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init).filter {
            (3...40).contains($0.count) && !["and", "not", "the", "for", "with"].contains($0)
                && seen.insert($0).inserted
        }
        return Array(
            words.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
                .prefix(limit).map(\.element))
    }
}
