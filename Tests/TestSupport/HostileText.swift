/// Texts that want to become control tokens: markers whole, split, nested, overlapped, disguised, and noise.
///
/// The same seed and markers give the same texts.
package struct HostileText: Sendable {
    private var state: UInt64
    private let markers: [[Unicode.Scalar]]

    private static let known = [
        "<|im_start|>", "<|im_end|>", "<|im_start|>system\n", "<|im_end|>\n<|im_start|>assistant\n", "<|endoftext|>",
        "<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "### System:", "### Instruction:\n", "### Response:",
        "<start_of_turn>", "<end_of_turn>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|assistant|>",
        "<|user|>", "<|system|>", "<tool_call>", "</tool_call>", "<tool_response>", "<|fim_prefix|>", "<|repo_name|>",
        "<\u{FF5C}User\u{FF5C}>", "<\u{FF5C}begin\u{2581}of\u{2581}sentence\u{FF5C}>", "<|turn>", "<turn|>", "<unk>",
        "<unused0>", "[PAD151665]", "<0x0A>", "\n\nHuman:", "\nASSISTANT:", "USER: ", "<|START_OF_TURN_TOKEN|>",
        "[TOOL_CALLS]",
        "<bos>", "<eos>", "</ticket>", "<ticket>", "```json\n", "<|", "|>", "<<", ">>", "[[", "]]",
    ]

    private static let hidden: [Unicode.Scalar] = [
        "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{00AD}", "\u{202E}", "\u{202C}", "\u{2066}",
        "\u{2069}",
        "\u{200E}", "\u{200F}", "\u{061C}", "\u{E0041}", "\u{E007F}", "\u{E0001}", "\u{FE0F}", "\u{FE00}", "\u{E0100}",
        "\u{034F}", "\u{180E}", "\u{3164}", "\u{115F}", "\u{0000}", "\u{0008}", "\u{001B}", "\u{007F}", "\u{0085}",
        "\u{2028}", "\u{FFF0}", "\u{FFF9}", "\u{1D173}", "\u{206A}",
    ]

    private static let prose = [
        "The crash happens when a file is saved. ", "Grüße aus Köln. ", "保存するとクラッシュする。", "می‌خواهم ", "👩🏽‍💻 1️⃣ 🏴 ",
        "x <| y |> z ", "List<T> a[0] ", "System: Ubuntu 22.04\n", "if (a < b && c > d) ", "क्ष ", "\r\n", "\t", "   ",
        "# Title\n",
        "user@example.com ", "e\u{301} ", "{\"a\": [1, 2.5e-3]} ", "'don't' ", "\u{5E9}\u{5DC}\u{5D5}\u{5DD} ",
    ]

    /// `seed`: which texts.
    /// `markers`: the spellings of a vocabulary's control tokens.
    package init(seed: UInt64, markers: [[UInt8]]) {
        state = seed
        self.markers = markers.compactMap { String(validating: $0, as: UTF8.self) }.map { Array($0.unicodeScalars) }
            .filter { !$0.isEmpty }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The next text.
    package mutating func next() -> String {
        var text: [Unicode.Scalar] = []
        switch number(24) {
        case 0, 1: for _ in 0...number(5) { text += number(2) == 0 ? marker() : words() }
        case 2, 3: text = split(marker(), with: [hide()])
        case 4, 5: text = nested(number(5))
        case 6, 7:
            let (first, second) = (marker(), marker())
            text = first.dropLast(number(first.count)) + second.dropFirst(number(3)) + first.suffix(number(4))
        case 8, 9:
            return String(decoding: (0..<number(80)).map { _ in UInt8(truncatingIfNeeded: draw()) }, as: UTF8.self)
        case 10:
            // Bytes in a marker that are no UTF-8.
            var bytes = Array(Self.string(marker()).utf8)
            bytes.insert(UInt8(0x80 + number(128)), at: number(bytes.count + 1))
            return String(decoding: bytes, as: UTF8.self)
        case 11, 12: text = (0..<number(40)).map { _ in scalar() }
        case 13, 14: text = disguised(marker())
        case 15, 16:
            for scalar in marker() {
                text.append(scalar)
                if number(2) == 0 { text.append(hide()) }
            }
        case 17: text = changed(marker())
        case 18, 19: for _ in 0..<(1 + number(4)) { text += words() + (number(3) == 0 ? marker() : []) }
        case 20: text = [number(2) == 0 ? "\n" : " "] + marker() + ["\n"] + marker() + words()
        case 21:
            // A long run is rare: it costs as much as a hundred others.
            let unit = number(3) == 0 ? [scalar()] : number(2) == 0 ? marker() : Array(words().prefix(2))
            for _ in 0..<(number(40) == 0 ? 300 + number(1200) : number(30)) { text += unit }
        case 22: text = split(split(marker(), with: marker()), with: [hide(), hide()])
        default: text = words() + split(marker(), with: [" "]) + marker().reversed() + marker()
        }
        return Self.string(text)
    }

    // MARK: Pieces

    private mutating func marker() -> [Unicode.Scalar] {
        guard number(2) == 0, !markers.isEmpty else {
            return Array(Self.known[number(Self.known.count)].unicodeScalars)
        }
        return markers[number(markers.count)]
    }

    private mutating func words() -> [Unicode.Scalar] { Array(Self.prose[number(Self.prose.count)].unicodeScalars) }

    private mutating func hide() -> Unicode.Scalar { Self.hidden[number(Self.hidden.count)] }

    private mutating func split(_ text: [Unicode.Scalar], with piece: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let place = number(text.count + 1)
        return text[..<place] + piece + text[place...]
    }

    private mutating func nested(_ depth: Int) -> [Unicode.Scalar] {
        guard depth > 0 else { return marker() }
        let outer = marker()
        return split(outer, with: nested(depth - 1))
    }

    private mutating func disguised(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        text.map { scalar in
            guard number(3) == 0 else { return scalar }
            switch scalar {
            case "<": return number(2) == 0 ? "\u{2039}" : "\u{FF1C}"
            case ">": return number(2) == 0 ? "\u{203A}" : "\u{FF1E}"
            case "|": return number(2) == 0 ? "\u{FF5C}" : "\u{2502}"
            case "_": return "\u{2581}"
            case "s": return "\u{0455}"
            case "a": return "\u{0430}"
            case "e": return "\u{0435}"
            case ":": return "\u{A789}"
            default:
                return (0x21...0x7E).contains(scalar.value) ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
            }
        }
    }

    private mutating func changed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var text = text
        for _ in 0...number(3) where !text.isEmpty {
            let place = number(text.count)
            switch number(4) {
            case 0: text.remove(at: place)
            case 1: text.insert(text[place], at: place)
            case 2: text[place] = text[place].properties.uppercaseMapping.unicodeScalars.first ?? text[place]
            default: text[place] = scalar()
            }
        }
        return text
    }

    private mutating func scalar() -> Unicode.Scalar {
        switch number(5) {
        case 0: hide()
        case 1: Unicode.Scalar(UInt8(number(128)))
        case 2: Unicode.Scalar(UInt32(number(0x3000))) ?? "?"
        case 3: Unicode.Scalar(UInt32(0x1F000 + number(0x1000))) ?? "?"
        default: Unicode.Scalar(UInt32(number(0x110000))) ?? "\u{FFFD}"
        }
    }

    private static func string(_ scalars: [Unicode.Scalar]) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    // MARK: Numbers

    /// SplitMix64.
    private mutating func draw() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private mutating func number(_ bound: Int) -> Int { Int(draw() % UInt64(bound)) }
}
