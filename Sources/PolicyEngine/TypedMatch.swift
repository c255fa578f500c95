public import JSONSchemas
public import WorkflowFormat

/// The trusted texts of a run, made ready for finding values in them.
///
/// A value is found only as a whole: never inside a longer word, number, address or path. What a whole is depends on
/// its type:
///
/// | value | is found where the text has |
/// | --- | --- |
/// | text | the same words in any letter case, white space counting as one space |
/// | `exact` text | the same characters |
/// | `id` | the same characters, written as an identifier: after `id`, `ids`, `identifier` or `#` |
/// | link | the same link, the host in canonical form, `http` and `https` alike |
/// | ISO date, date and time | that date in one of the usual English or ISO spellings; a date without a year fits any year |
/// | number | a number of the same value |
/// | boolean, null | nothing |
public struct TypedMatch: Hashable, Sendable {
    private let texts: [PreparedText]

    /// Values longer than this, in code points, are not looked for.
    public static let valueLimit = 4096

    /// Prepares texts.
    /// - Complexity: O(*n*) in their length, once; each search is linear again.
    public init(_ texts: [String] = []) {
        self.texts = texts.filter { !$0.isEmpty }.map(PreparedText.init)
    }

    /// The texts, each run of white space as one space.
    var plainTexts: [String] { texts.map(\.text) }

    /// Whether there are no texts, so that nothing can be found.
    public var isEmpty: Bool { texts.isEmpty }

    /// Whether a text holds `value`; with `anyTimeOfDay` a date and time is found by its date alone.
    public func holds(_ value: JSONValue, as form: ValueForm? = nil, anyTimeOfDay: Bool = false) -> Bool {
        guard !texts.isEmpty else { return false }
        switch value {
        case .string(let text): return holds(text, as: form, anyTimeOfDay: anyTimeOfDay)
        case .integer(let number):
            if form == .id { return holds(String(number), as: .id, anyTimeOfDay: false) }
            return texts.contains { $0.numbers.contains(Double(number)) }
        case .number(let number): return form != .id && texts.contains { $0.numbers.contains(number) }
        case .null, .bool, .array, .object: return false
        }
    }

    private func holds(_ value: String, as form: ValueForm?, anyTimeOfDay: Bool) -> Bool {
        let wanted = PreparedText.scalars(of: value)
        guard !wanted.isEmpty, wanted.count <= Self.valueLimit, wanted.first != PreparedText.space,
            wanted.last != PreparedText.space
        else { return false }
        switch form {
        case .id: return texts.contains { $0.writesIdentifier(wanted) }
        case .exact: return texts.contains { $0.holds(wanted, folded: false) }
        case nil: break
        }
        // A link is compared as one: the letter case of its path counts. A bare name may be a word as well.
        if let link = TextLink(whole: value) {
            if holds(link) { return true }
            guard link.isName else { return false }
        }
        let folded = PreparedText.folded(wanted)
        if texts.contains(where: { $0.holds(folded, folded: true) }) { return true }
        if let date = TextDate(iso: value) {
            return texts.contains { $0.dates.holds(date, anyTimeOfDay: anyTimeOfDay) }
        }
        return false
    }

    /// Whether a text holds this very link.
    func holds(_ link: TextLink) -> Bool { texts.contains { $0.links.contains(link.canonical) } }
}
