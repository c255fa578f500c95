import JSONSchemas

/// What `strip` takes out of a text and `defang` makes inert in it.
enum TextFeature: String, CaseIterable, Sendable {
    // In the order they are handled: tags may hold images, images hold links.
    case html
    case images
    case links
    case mentions

    static func all(
        _ names: [String], or bad: (String) -> PolicyError
    ) throws(PolicyError) -> Set<TextFeature> {
        var found: Set<TextFeature> = []
        for name in names {
            guard let feature = TextFeature(rawValue: name) else {
                throw bad("there is no text feature `\(name)`; write `links`, `mentions`, `images` or `html`")
            }
            found.insert(feature)
        }
        return found
    }

    /// The value with the features removed or made inert in every string in it.
    static func cleaned(_ value: JSONValue, stripping: Set<TextFeature>, defanging: Set<TextFeature>)
        -> JSONValue
    {
        switch value {
        case .string(let text): .string(cleaned(text, stripping: stripping, defanging: defanging))
        case .array(let elements):
            .array(elements.map { cleaned($0, stripping: stripping, defanging: defanging) })
        case .object(let members):
            .object(
                JSONObject(
                    members.map { ($0.key, cleaned($0.value, stripping: stripping, defanging: defanging)) }))
        default: value
        }
    }

    /// How often what was taken out may have joined what stood around it into something new. Beyond that the text is
    /// made to be nested, and every character that could be part of something is made inert.
    private static let passLimit = 8

    /// - Complexity: O(*n*): at most ``passLimit`` passes over the text, and one more.
    static func cleaned(_ text: String, stripping: Set<TextFeature>, defanging: Set<TextFeature>) -> String {
        guard stripping.union(defanging).contains(where: { $0.mayOccur(in: text) }) else { return text }
        var scalars = Array(text.unicodeScalars)
        let stripped = allCases.filter(stripping.contains)
        var passes = 0
        var isChanged = !stripped.isEmpty
        while isChanged, passes < passLimit {
            isChanged = false
            passes += 1
            for feature in stripped {
                let shorter = TextScanner(scalars, feature).replacing { found, mayBeWord in
                    mayBeWord ? feature.inert(found) : []
                }
                guard let shorter else { continue }
                scalars = shorter
                isChanged = true
            }
        }
        if isChanged {
            for feature in stripped { scalars = feature.flattened(scalars) }
        }
        for feature in allCases where defanging.contains(feature) && !stripping.contains(feature) {
            scalars = TextScanner(scalars, feature).replacing { found, _ in feature.inert(found) } ?? scalars
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Whether the text has a character that every such feature has.
    private func mayOccur(in text: String) -> Bool {
        switch self {
        case .html: text.utf8.contains(UInt8(ascii: "<"))
        case .images: text.utf8.contains(UInt8(ascii: "!"))
        // Some dots are not ASCII: they start with these bytes.
        case .links:
            text.utf8.contains {
                $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") || $0 == 0xE3
                    || $0 == 0xEF
            }
        // The full-width sign is not ASCII.
        case .mentions: text.utf8.contains { $0 == UInt8(ascii: "@") || $0 >= 0x80 }
        }
    }

    /// The sign of a mention, also in full width.
    static func isAt(_ scalar: Unicode.Scalar) -> Bool { scalar == "@" || scalar == "\u{FF20}" }

    /// A whole text without anything that could be part of the feature.
    private func flattened(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for scalar in inert(text[...]) {
            if self == .links, scalar == "/", result.last == "/" { result.append(" ") }
            result.append(scalar)
        }
        return result
    }

    /// The same words in a form that nothing follows, notifies or renders, whatever else of its kind is in it. Inert forms
    /// stay as they are when handled again.
    private func inert(_ found: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        switch self {
        case .html: return found.flatMap { $0 == "<" ? Array("&lt;".unicodeScalars) : [$0] }
        case .images:
            var result: [Unicode.Scalar] = []
            for scalar in found {
                if scalar == "[" {
                    while result.last == "!" { result.removeLast() }
                }
                result.append(scalar)
            }
            return result
        case .mentions:
            return found.flatMap { Self.isAt($0) ? Array("[at]".unicodeScalars) : [$0] }
        case .links: return found.flatMap { $0 == ":" || LinkFinder.isDot($0) ? ["[", $0, "]"] : [$0] }
        }
    }
}
