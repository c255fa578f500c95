import Provenance

/// The tags around a piece of data, which the data can't close.
///
/// Data stands between `<name>` and `</name>`. Where an untrusted text holds something that could be taken for a tag of
/// its prompt, the tags become `<name-VALUE>` and `</name-VALUE>`, VALUE being 16 letters drawn from the run's
/// identifier and seed and not in the text.
///
/// Only there, and not around every text: one without anything like a tag can't end its tags, so VALUE adds nothing to
/// its safety, while it costs 18 tokens of Qwen2.5 a text, and every prompt would differ from the last run's. So the
/// prompt of an ordinary text is the same in all runs, byte for byte, and so is the start of every prompt up to the
/// first text that needs a VALUE.
///
/// VALUE is the same throughout a run, so that the items of a loop share what stands before them, and in a resumed
/// run. It is not secret, and need not be: should a text hold it, by chance or because somebody who knows the run's
/// identifier worked it out, the next one is drawn. Remembered answers are kept under keys that leave VALUE out (see
/// `PromptSegment.keyText`): the same question with another VALUE is the same question.
public struct Boundary: Hashable, Sendable {
    private let origin: String

    /// The boundary of a run.
    public init(run: String, seed: UInt64) {
        origin = "\(run)\u{0}\(seed)"
    }

    /// The first values that the run's prompts may hold. They stand there in instructions and nowhere else, so that a
    /// call which holds one carries out what the model was told: the policy denies it.
    public var canaries: [String] { (0..<4).map { value($0) } }

    /// The opening and the closing segment around `text`.
    ///
    /// `text`: the text as the prompt will show it.
    /// `names`: what the tags of the prompt are called, `name` among them.
    func tags(
        around text: String, name: String, names: Set<String>, before: String, label: Label, own: Label
    ) -> (opening: PromptSegment, closing: PromptSegment) {
        let opening = "\(before)<\(name)>\n"
        let closing = "\n</\(name)>"
        guard label.integrity != .trusted, Self.holdsTag(text, of: names) else {
            return (
                PromptSegment(.instruction, opening, label: own), PromptSegment(.instruction, closing, label: own)
            )
        }
        let value = value(avoiding: text)
        precondition(!text.contains(value), "A boundary is not in the text it encloses.")
        func tag(_ plain: String) -> PromptSegment {
            let head = plain.dropLast(plain.hasSuffix("\n") ? 2 : 1)
            let tail = plain.dropFirst(head.count)
            return PromptSegment(
                .instruction, "\(head)-\(value)\(tail)", label: own, keyText: "\(head)-*\(tail)")
        }
        return (tag(opening), tag(closing))
    }

    /// The first value that is not in `text`.
    func value(avoiding text: String) -> String {
        // A text of n bytes holds fewer than n values, so this ends.
        var attempt: UInt64 = 0
        while true {
            let value = value(attempt)
            if !text.utf8.contains(value) { return value }
            attempt += 1
        }
    }

    /// Sixteen letters: the origin's FNV-1a hash, mixed by SplitMix64's finalizer. Nothing rests on its being hard to
    /// invert, only on `value(avoiding:)`.
    private func value(_ attempt: UInt64) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in origin.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash &+= (attempt &+ 1) &* 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        hash ^= hash >> 31
        return String(
            decoding: (0..<16).map { UInt8(ascii: "a") + UInt8(truncatingIfNeeded: (hash >> ($0 * 4)) & 15) },
            as: UTF8.self)
    }

    /// Whether something in `text` could be taken for a tag called one of `names`: an angle bracket of whatever make,
    /// then the name, whatever its case, with slashes, blanks, bars, hyphens and underscores anywhere. Behind
    /// brackets of markup a letter beyond ASCII counts as any letter: it may have the shape of one.
    static func holdsTag(_ text: String, of names: Set<String>) -> Bool {
        let wanted = names.map { folded($0.unicodeScalars) }
        let scalars = Array(text.unicodeScalars)
        for index in scalars.indices {
            guard let bracket = bracket(scalars, index) else { continue }
            let start = index + bracket.length
            // No tag is longer: beyond it the name would be mostly what is skipped.
            let head = folded(scalars[start..<min(scalars.count, start + 160)])
            for name in wanted where head.count >= name.count {
                // A name without letters is found everywhere, so that its tags are never plain.
                if zip(name, head).allSatisfy({ $0 == $1 || (bracket.isMarkup && !$1.isASCII) }) { return true }
            }
        }
        return false
    }

    /// The opening bracket at `index`: how many scalars it has, and whether it is one of markup instead of a quotation
    /// mark; nil where none stands there.
    private static func bracket(_ text: [Unicode.Scalar], _ index: Int) -> (length: Int, isMarkup: Bool)? {
        switch text[index].value {
        case 0x3C, 0xFE64, 0xFF1C: return (1, true)
        case 0x00AB, 0x02C2, 0x1438, 0x2039, 0x226A, 0x2329, 0x276E, 0x2770, 0x27E8, 0x29FC, 0x3008, 0x300A:
            return (1, false)
        case 0x26:
            for entity in ["&lt;", "&LT;", "&#60;", "&#x3c;", "&#x3C;"] {
                let length = entity.unicodeScalars.count
                if text[index...].prefix(length).elementsEqual(entity.unicodeScalars) { return (length, true) }
            }
            return nil
        default: return nil
        }
    }

    /// Letters and digits in lower case, full-width ones made plain; the rest skipped.
    private static func folded(_ scalars: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for scalar in scalars {
            let isWide = (0xFF01...0xFF5E).contains(scalar.value)
            let plain = isWide ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
            guard plain.properties.isAlphabetic || plain.properties.numericType != nil else { continue }
            result += plain.properties.lowercaseMapping.unicodeScalars
        }
        return result
    }
}

extension String.UTF8View {
    fileprivate func contains(_ text: String) -> Bool {
        Array(self).firstRange(of: Array(text.utf8)) != nil
    }
}
