/// The texts that chat templates and vocabularies use to say who speaks: a closed list, whatever the weights.
///
/// | family | examples | what makes it one |
/// | --- | --- | --- |
/// | barred | `<|im_start|>`, `<|start_header_id|>`, `<｜User｜>`, `<|turn>`, `<turn|>` | angle brackets with a bar inside one or both |
/// | angled | `<s>`, `</s>`, `<start_of_turn>`, `<tool_call>`, `<fim_prefix>`, `<unused7>`, `<<SYS>>` | a name of the list, in any case |
/// | squared | `[INST]`, `[/INST]`, `[TOOL_CALLS]`, `[PAD151665]` | a name of the list, spelled so |
/// | headed | `### System:`, `## Response:` | a heading of a role's name and a colon |
/// | spoken | `Human:`, `User:`, `SYSTEM:` at a line's start, `ASSISTANT:` anywhere | a role's name, spelled so, and a colon |
package enum MarkerText {
    /// A marker in a text, in scalars.
    package struct Match: Hashable, Sendable {
        /// Where it stands.
        package let range: Range<Int>
        /// The places of the scalars that make it a marker: brackets, or the colon.
        package let edges: [Int]
    }

    /// The scalars that a marker is closed by and what reads like them without being them.
    package static func lookAlike(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "<": "\u{2039}"
        case ">": "\u{203A}"
        case "[": "\u{2045}"
        case "]": "\u{2046}"
        case ":": "\u{A789}"
        default: scalar
        }
    }

    /// Whether the whole of `text` is one marker by its spelling, so that a token of it is one whatever its flags say.
    package static func isMarker(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == UInt8(ascii: "<") || first == UInt8(ascii: "[") else {
            return false
        }
        let scalars = Array(text.unicodeScalars)
        return match(in: scalars, at: 0)?.range.upperBound == scalars.count
    }

    /// The markers of `text` by their start, those inside of others too.
    ///
    /// What is left when their edges become look-alikes holds no marker: an edge's look-alike is part of none.
    ///
    /// - Complexity: O(*n*); nowhere more than `nameLimit` scalars are looked ahead.
    package static func matches(in text: [Unicode.Scalar]) -> [Match] {
        text.indices.compactMap { match(in: text, at: $0) }
    }

    /// The marker that starts at `start`.
    package static func match(in text: [Unicode.Scalar], at start: Int) -> Match? {
        switch text[start] {
        case "<": barred(text, start) ?? doubled(text, start) ?? angled(text, start)
        case "[": squared(text, start)
        case "#": headed(text, start)
        case "H", "A", "U", "S": spoken(text, start)
        default: nil
        }
    }

    /// Scalars of the longest name; the longest of a published vocabulary has 31.
    private static let nameLimit = 64

    private static func barred(_ text: [Unicode.Scalar], _ start: Int) -> Match? {
        var end = start + 1
        while end < text.count, text[end] != ">" {
            // A look-alike is what a marker inside was made into, so this would not be one either.
            guard end - start <= nameLimit, text[end] != "<", !isLookAlike(text[end]),
                // `a <| b |> c` is an expression.
                !text[end].properties.isWhitespace
            else { return nil }
            end += 1
        }
        guard end < text.count else { return nil }
        var name = text[(start + 1)..<end]
        let opens = name.first.map(isBar) == true
        if opens { name.removeFirst() }
        let closes = name.last.map(isBar) == true
        if closes { name.removeLast() }
        guard let first = name.first else { return nil }
        switch (opens, closes) {
        case (true, true): break
        case (true, false), (false, true):
            guard isLetter(first) || first == "_", name.allSatisfy(isWord) else { return nil }
        case (false, false): return nil
        }
        return Match(range: start..<(end + 1), edges: [start, end])
    }

    private static func doubled(_ text: [Unicode.Scalar], _ start: Int) -> Match? {
        for name in ["<<sys>>", "<</sys>>"] where starts(text, start, with: name) {
            let end = start + name.unicodeScalars.count
            return Match(range: start..<end, edges: [start, start + 1, end - 2, end - 1])
        }
        return nil
    }

    private static func angled(_ text: [Unicode.Scalar], _ start: Int) -> Match? {
        var begin = start + 1
        if begin < text.count, text[begin] == "/" { begin += 1 }
        guard let (name, end) = name(text, begin), end < text.count, text[end] == ">" else { return nil }
        let lowered = name.lowercased()
        guard angledNames.contains(lowered) || isNumbered(lowered, angledStems) else { return nil }
        return Match(range: start..<(end + 1), edges: [start, end])
    }

    private static func squared(_ text: [Unicode.Scalar], _ start: Int) -> Match? {
        var begin = start + 1
        if begin < text.count, text[begin] == "/" { begin += 1 }
        guard let (name, end) = name(text, begin), end < text.count, text[end] == "]",
            squaredNames.contains(name) || isNumbered(name, ["PAD"])
        else { return nil }
        return Match(range: start..<(end + 1), edges: [start, end])
    }

    private static func headed(_ text: [Unicode.Scalar], _ start: Int) -> Match? {
        guard startsLine(text, start) else { return nil }
        var begin = start
        while begin < text.count, text[begin] == "#" { begin += 1 }
        guard begin - start <= 6 else { return nil }
        begin = pastBlanks(text, begin)
        guard let (name, end) = name(text, begin), headedNames.contains(name.lowercased()) else { return nil }
        let colon = pastBlanks(text, end)
        guard colon < text.count, text[colon] == ":" else { return nil }
        return Match(range: start..<(colon + 1), edges: [colon])
    }

    private static func spoken(_ text: [Unicode.Scalar], _ start: Int) -> Match? {
        guard start == 0 || !isWord(text[start - 1]), let (name, end) = name(text, start), end < text.count,
            text[end] == ":", name == "ASSISTANT" || (spokenNames.contains(name) && startsLine(text, start))
        else { return nil }
        return Match(range: start..<(end + 1), edges: [end])
    }

    // MARK: Names

    private static let angledNames: Set<String> = [
        "s", "unk", "pad", "bos", "eos", "mask", "cls", "sep", "eop_token", "bos_token", "eos_token", "mask_token",
        "eot",
        "eod", "endoftext", "start_of_turn", "end_of_turn", "start_of_image", "end_of_image", "im_start", "im_end",
        "tool_call", "tool_response", "tool_calls", "tool_result", "tools", "tool", "function_call", "think", "system",
        "user", "assistant", "human", "model", "bot", "fim_prefix", "fim_middle", "fim_suffix", "fim_pad", "fim_sep",
        "repo_name", "reponame", "file_sep", "filename", "gh_stars", "issue_start", "issue_comment", "issue_closed",
        "jupyter_start", "jupyter_text", "jupyter_code", "jupyter_output", "jupyter_script", "empty_output",
        "commit_before", "commit_msg", "commit_after", "end_of_utterance",
    ]
    private static let angledStems = ["unused", "unused_", "reserved_", "reserved_special_token_", "extra_id_"]
    private static let squaredNames: Set<String> = [
        "INST", "SYSTEM_PROMPT", "AVAILABLE_TOOLS", "TOOL_CALLS", "TOOL_RESULTS", "gMASK", "sMASK", "multimodal",
    ]
    private static let headedNames: Set<String> = [
        "system", "user", "assistant", "human", "instruction", "instructions", "response", "input", "prompt", "bot",
        "ai", "tool", "observation",
    ]
    private static let spokenNames: Set<String> = ["Human", "Assistant", "User", "System", "USER", "SYSTEM"]

    private static func isNumbered(_ name: String, _ stems: [String]) -> Bool {
        stems.contains { stem in
            guard name.hasPrefix(stem) else { return false }
            let rest = name.utf8.dropFirst(stem.utf8.count)
            return !rest.isEmpty && rest.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }

    /// The ASCII word at `start` and where it ends; nil where there is none or it is too long for a name.
    private static func name(_ text: [Unicode.Scalar], _ start: Int) -> (String, Int)? {
        var end = start
        while end < text.count, isWord(text[end]) {
            guard end - start < nameLimit else { return nil }
            end += 1
        }
        guard end > start else { return nil }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: text[start..<end])
        return (String(name), end)
    }

    // MARK: Scalars

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        isLetter(scalar) || scalar == "_" || ("0"..."9").contains(scalar)
    }

    private static func isBar(_ scalar: Unicode.Scalar) -> Bool { scalar == "|" || scalar == "\u{FF5C}" }

    private static func isLookAlike(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2039, 0x203A, 0x2045, 0x2046, 0xA789: true
        default: false
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    private static func pastBlanks(_ text: [Unicode.Scalar], _ start: Int) -> Int {
        var index = start
        while index < text.count, index - start < nameLimit, isBlank(text[index]) { index += 1 }
        return index
    }

    /// Whether nothing but blanks stands between the line's start and `index`.
    private static func startsLine(_ text: [Unicode.Scalar], _ index: Int) -> Bool {
        var before = index
        while before > 0, index - before < nameLimit, isBlank(text[before - 1]) { before -= 1 }
        return before == 0 || text[before - 1] == "\n" || text[before - 1] == "\r"
    }

    /// Whether `text` has `word`, given in lower case, at `start` in any case of ASCII.
    private static func starts(_ text: [Unicode.Scalar], _ start: Int, with word: String) -> Bool {
        var index = start
        for scalar in word.unicodeScalars {
            guard index < text.count else { return false }
            let value = text[index].value
            let lowered = (0x41...0x5A).contains(value) ? value + 0x20 : value
            guard lowered == scalar.value else { return false }
            index += 1
        }
        return true
    }
}
