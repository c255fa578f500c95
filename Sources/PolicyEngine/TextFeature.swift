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

    static func cleaned(_ text: String, stripping: Set<TextFeature>, defanging: Set<TextFeature>) -> String {
        guard stripping.union(defanging).contains(where: { $0.mayOccur(in: text) }) else { return text }
        var scalars = Array(text.unicodeScalars)
        // Taking something out may join what stood around it into a new link, so repeat until nothing is left.
        // Each pass shortens the text, so this ends.
        while true {
            let before = scalars.count
            for feature in allCases where stripping.contains(feature) {
                scalars = TextScanner(scalars, feature).replacing { _ in [] }
            }
            if scalars.count == before { break }
        }
        for feature in allCases where defanging.contains(feature) && !stripping.contains(feature) {
            scalars = TextScanner(scalars, feature).replacing(with: feature.inert)
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
        case .links:
            text.utf8.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") }
        // The full-width sign is not ASCII.
        case .mentions: text.utf8.contains { $0 == UInt8(ascii: "@") || $0 >= 0x80 }
        }
    }

    /// The same words in a form that nothing follows, notifies or renders. Inert forms stay as they are when
    /// handled again.
    private func inert(_ found: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        switch self {
        case .html: Array("&lt;".unicodeScalars) + found.dropFirst()
        case .images: Array(found.dropFirst())
        case .mentions: Array("[at]".unicodeScalars) + found.dropFirst()
        case .links: found.flatMap { $0 == ":" || $0 == "." ? ["[", $0, "]"] : [$0] }
        }
    }
}
