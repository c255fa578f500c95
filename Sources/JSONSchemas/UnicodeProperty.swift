import Synchronization

/// The sets of code points that `\p{...}` names, made from what the Swift runtime knows about each code point and kept
/// once they were asked for.
enum UnicodeProperty {
    private static let known = Mutex<[String: ScalarSet]>([:])

    /// The set of a general category (`L`, `Letter`, `gc=Lu`), a script (`script=Greek`, `sc=Han`), or a property
    /// (`Alphabetic`), or where negative what isn't in it. Nil for other names.
    static func set(named name: String, isNegative: Bool = false) -> ScalarSet? {
        let key = isNegative ? "^" + name : name
        if let set = known.withLock({ $0[key] }) { return set }
        guard let set = make(name) else { return nil }
        let asked = isNegative ? set.inverted : set
        known.withLock { $0[key] = asked }
        return asked
    }

    /// Whether `name` has the form of a property: letters, digits and `_`, which may stand on both sides of a `=`.
    static func isWellFormed(_ name: String) -> Bool {
        let parts = name.split(separator: "=", omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.unicodeScalars.allSatisfy { ScalarSet.word.contains($0) }
            }
    }

    private static func make(_ name: String) -> ScalarSet? {
        let parts = name.split(separator: "=", omittingEmptySubsequences: false)
        if parts.count == 2 {
            switch parts[0] {
            case "General_Category", "gc": return category(String(parts[1]))
            case "Script", "sc", "Script_Extensions", "scx": return script(String(parts[1]))
            case "script": return script(String(parts[1]))
            default: return nil
            }
        }
        return category(name) ?? property(name)
    }

    // MARK: General categories

    private static func category(_ name: String) -> ScalarSet? {
        let short = longCategories[name] ?? name
        if short == "LC" { return union(["Lu", "Ll", "Lt"]) }
        let members = categories.keys.filter { $0 == short || (short.utf8.count == 1 && $0.hasPrefix(short)) }
        return members.isEmpty ? nil : union(members)
    }

    private static func union(_ names: [String]) -> ScalarSet {
        ScalarSet(names.flatMap { categories[$0]?.ranges ?? [] })
    }

    private static let categories: [String: ScalarSet] = {
        var ranges: [String: [ClosedRange<UInt32>]] = ["Cs": []]
        for run in runs(by: { shortName($0.properties.generalCategory) }) {
            ranges[run.value, default: []].append(run.range)
        }
        return ranges.mapValues { ScalarSet($0) }
    }()

    private static func shortName(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }

    private static let longCategories: [String: String] = [
        "Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll",
        "Titlecase_Letter": "Lt", "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M",
        "Combining_Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me",
        "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
        "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd",
        "Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi",
        "Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm",
        "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z",
        "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C",
        "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co",
        "Unassigned": "Cn",
    ]

    // MARK: Binary properties

    private static func property(_ name: String) -> ScalarSet? {
        if name == "Any" { return .all }
        if name == "ASCII" { return ScalarSet([0...0x7F]) }
        if name == "Assigned" { return union(["Cn"]).inverted }
        guard let test = test(name) else { return nil }
        return ScalarSet(runs { test($0.properties) }.filter(\.value).map(\.range))
    }

    private static func test(_ name: String) -> ((Unicode.Scalar.Properties) -> Bool)? {
        switch name {
        case "Alphabetic", "Alpha": { $0.isAlphabetic }
        case "ASCII_Hex_Digit", "AHex": { $0.isASCIIHexDigit }
        case "Cased": { $0.isCased }
        case "Dash": { $0.isDash }
        case "Diacritic", "Dia": { $0.isDiacritic }
        case "Emoji": { $0.isEmoji }
        case "Emoji_Modifier", "EMod": { $0.isEmojiModifier }
        case "Emoji_Modifier_Base", "EBase": { $0.isEmojiModifierBase }
        case "Emoji_Presentation", "EPres": { $0.isEmojiPresentation }
        case "Hex_Digit", "Hex": { $0.isHexDigit }
        case "ID_Continue", "IDC": { $0.isIDContinue }
        case "ID_Start", "IDS": { $0.isIDStart }
        case "Ideographic", "Ideo": { $0.isIdeographic }
        case "Lowercase", "Lower": { $0.isLowercase }
        case "Math": { $0.isMath }
        case "Quotation_Mark", "QMark": { $0.isQuotationMark }
        case "Unified_Ideograph", "UIdeo": { $0.isUnifiedIdeograph }
        case "Uppercase", "Upper": { $0.isUppercase }
        case "White_Space", "space": { $0.isWhitespace }
        case "XID_Continue", "XIDC": { $0.isXIDContinue }
        case "XID_Start", "XIDS": { $0.isXIDStart }
        default: nil
        }
    }

    // MARK: Scripts

    private static let scriptNames: [String: String] = [
        "Latn": "Latin", "Grek": "Greek", "Cyrl": "Cyrillic", "Armn": "Armenian", "Hebr": "Hebrew", "Arab": "Arabic",
        "Deva": "Devanagari", "Beng": "Bengali", "Guru": "Gurmukhi", "Gujr": "Gujarati", "Taml": "Tamil",
        "Telu": "Telugu", "Knda": "Kannada", "Mlym": "Malayalam", "Sinh": "Sinhala", "Thai": "Thai", "Laoo": "Lao",
        "Tibt": "Tibetan", "Mymr": "Myanmar", "Geor": "Georgian", "Hang": "Hangul", "Ethi": "Ethiopic",
        "Khmr": "Khmer", "Mong": "Mongolian", "Hira": "Hiragana", "Kana": "Katakana", "Bopo": "Bopomofo",
        "Hani": "Han",
    ]

    private static func script(_ name: String) -> ScalarSet? {
        let long = scriptNames[name] ?? name
        return scriptNames.values.contains(long) ? scripts[long] : nil
    }

    /// The runtime doesn't tell scripts, but the names of letters, marks and digits begin with theirs. Other signs of a
    /// script, which few patterns mean, are left out.
    private static let scripts: [String: ScalarSet] = {
        let known = Set(scriptNames.values)
        var ranges: [String: [ClosedRange<UInt32>]] = [:]
        for run in runs(by: { script(of: $0, known) }) where !run.value.isEmpty {
            ranges[run.value, default: []].append(run.range)
        }
        return ranges.mapValues { ScalarSet($0) }
    }()

    private static func script(of scalar: Unicode.Scalar, _ known: Set<String>) -> String {
        let properties = scalar.properties
        if properties.isUnifiedIdeograph { return "Han" }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .letterNumber, .decimalNumber:
            break
        default: return ""
        }
        if (0xAC00...0xD7A3).contains(scalar.value) { return "Hangul" }
        guard let name = properties.name else { return "" }
        if name.hasPrefix("CJK COMPATIBILITY IDEOGRAPH") { return "Han" }
        var words = name.split(separator: " ")
        if words.first == "FULLWIDTH" || words.first == "HALFWIDTH" { words.removeFirst() }
        guard let first = words.first else { return "" }
        switch scalar.value {
        case 0xAA, 0xBA, 0x212A, 0x212B: return "Latin"
        case 0x2126: return "Greek"
        // Marks that several scripts share.
        case 0x0374, 0x0640, 0xFF9E...0xFF9F, 0x0951...0x0954, 0x0964...0x0965, 0x064B...0x0655, 0x0670: return ""
        default: break
        }
        let title = String(first.prefix(1)) + first.dropFirst().lowercased()
        return known.contains(title) ? title : ""
    }

    // MARK: Runs

    /// The code points that are assigned, in ranges of equal `value`. Planes without characters are one range each.
    private static func runs<Value: Equatable>(
        by value: (Unicode.Scalar) -> Value
    ) -> [(range: ClosedRange<UInt32>, value: Value)] {
        var runs: [(range: ClosedRange<UInt32>, value: Value)] = []
        func add(_ range: ClosedRange<UInt32>) {
            guard let scalar = Unicode.Scalar(range.lowerBound) else { return }
            let value = value(scalar)
            if let last = runs.last, last.value == value, last.range.upperBound + 1 == range.lowerBound {
                runs[runs.count - 1].range = last.range.lowerBound...range.upperBound
            } else {
                runs.append((range, value))
            }
        }
        for plane in UInt32(0)...16 {
            let start = plane << 16
            switch plane {
            case 4...13: add(start...(start + 0xFFFF))
            case 15, 16:
                add(start...(start + 0xFFFD))
                add((start + 0xFFFE)...(start + 0xFFFF))
            default: for value in start...(start + 0xFFFF) { add(value...value) }
            }
        }
        return runs
    }
}
