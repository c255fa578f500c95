import ModelRuntime

/// A text that nobody vouches for, made fit for a prompt: nothing in it is invisible, and nothing reads as a turn.
///
/// Two things are done, in this order, and nothing else:
/// 1. hidden characters are left out or become what a person sees; the list is in `HiddenScalars`;
/// 2. the edges of markers become characters that look like them: `<|im_start|>` is then `‹|im_start|›`,
///    `[INST]` `⁅INST⁆`, `### System:` `### System꞉`; the families of markers are in `MarkerText`.
///
/// So a marker with something hidden in it is found, removal can't put one together afterwards, and a replacement
/// can't either, because no marker has a look-alike in it. A text that went through once stays as it is.
///
/// What was done is known, so a piece of the result can be traced to the source's bytes.
public struct NeutralizedText: Hashable, Sendable {
    /// A piece of the result that stands for other bytes of the source.
    private struct Edit: Hashable {
        let output: Range<Int>
        let source: Range<Int>
    }

    /// The result.
    public let text: String
    private let edits: [Edit]

    /// Neutralizes `source`.
    ///
    /// - Complexity: O(*n*), about 60 ns a byte.
    public init(_ source: String) {
        let kept = Self.visible(source)
        let matches = MarkerText.matches(in: kept.scalars)
        guard !matches.isEmpty || kept.isChanged else {
            text = source
            edits = []
            return
        }
        var output = kept.scalars
        for match in matches {
            for edge in match.edges { output[edge] = MarkerText.lookAlike(of: output[edge]) }
        }
        var view = String.UnicodeScalarView()
        var edits: [Edit] = []
        var written = 0
        var read = 0
        for (index, scalar) in output.enumerated() {
            let place = kept.places[index]
            if place.lowerBound > read {
                edits.append(Edit(output: written..<written, source: read..<place.lowerBound))
            }
            let width = UTF8.width(scalar)
            if kept.isReplaced(index) || scalar != kept.scalars[index] {
                edits.append(Edit(output: written..<(written + width), source: place))
            }
            view.append(scalar)
            written += width
            read = place.upperBound
        }
        let end = source.utf8.count
        if read < end { edits.append(Edit(output: written..<written, source: read..<end)) }
        text = String(view)
        self.edits = edits
    }

    /// Whether the result differs from the source.
    public var isChanged: Bool { !edits.isEmpty }

    /// The bytes of the source that `range`, in bytes of the result, stands for; nil where it cuts a character that was
    /// replaced, or is empty.
    ///
    /// What was left out at either end of the range is not part of it; what was left out inside is.
    public func sourceRange(of range: Range<Int>) -> Range<Int>? {
        guard !range.isEmpty, let start = place(of: range.lowerBound, isStart: true),
            let end = place(of: range.upperBound, isStart: false), start < end
        else { return nil }
        return start..<end
    }

    private func place(of offset: Int, isStart: Bool) -> Int? {
        var shift = 0
        for edit in edits {
            if edit.output.lowerBound >= offset, !(isStart && edit.output.upperBound == offset) { break }
            guard edit.output.upperBound <= offset else { return nil }
            shift = edit.source.upperBound - edit.output.upperBound
        }
        return offset + shift
    }

    /// What is left of a text without its hidden characters, and where each character of it stood.
    private struct Visible {
        var scalars: [Unicode.Scalar] = []
        var places: [Range<Int>] = []
        var replaced: Set<Int> = []
        var isChanged = false

        func isReplaced(_ index: Int) -> Bool { !replaced.isEmpty && replaced.contains(index) }
    }

    private static func visible(_ source: String) -> Visible {
        var result = Visible()
        let all = Array(source.unicodeScalars)
        result.scalars.reserveCapacity(all.count)
        result.places.reserveCapacity(all.count)
        var offset = 0
        for (index, scalar) in all.enumerated() {
            let place = offset..<(offset + UTF8.width(scalar))
            offset = place.upperBound
            let next = index + 1 < all.count ? all[index + 1] : nil
            guard let shown = HiddenScalars.visible(scalar, after: result.scalars.last, before: next) else {
                result.isChanged = true
                continue
            }
            if shown != scalar {
                result.isChanged = true
                result.replaced.insert(result.scalars.count)
            }
            result.scalars.append(shown)
            result.places.append(place)
        }
        return result
    }
}
