/// Reads HTML strictly: what isn't plainly a tag, an entity or text that can't be one is an error.
///
/// A browser is more forgiving than this. What passes here has no second reading.
struct MarkupReader {
    /// A tag that opens, with its attributes in order.
    struct Tag: Hashable {
        let name: String
        let attributes: [Attribute]
    }

    struct Attribute: Hashable {
        let name: String
        let value: String
    }

    /// What is wrong, and where.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// The tags that open, in order.
    private(set) var tags: [Tag] = []
    /// All text between tags, entities decoded.
    private(set) var text = ""

    private static let void: Set<String> = ["meta", "link", "input", "br", "hr"]
    private static let entities: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'", "middot": "\u{B7}", "minus": "\u{2212}",
    ]

    private let scalars: [Unicode.Scalar]
    private var place = 0

    /// Reads a page, or a part of one where tags are balanced.
    init(_ html: String) throws(Fault) {
        scalars = Array(html.unicodeScalars)
        if html.hasPrefix("<!doctype html>\n") { place = "<!doctype html>\n".unicodeScalars.count }
        var open: [String] = []
        var words = String.UnicodeScalarView()
        while place < scalars.count {
            switch scalars[place] {
            case "<":
                text.unicodeScalars.append(contentsOf: words)
                words = String.UnicodeScalarView()
                try readTag(&open)
            case ">": throw fault("a bare >")
            case "&": words.append(contentsOf: try entity().unicodeScalars)
            case let scalar where Self.isHidden(scalar):
                throw fault("U+\(String(scalar.value, radix: 16)), which is not seen")
            default:
                words.append(scalars[place])
                place += 1
            }
        }
        text.unicodeScalars.append(contentsOf: words)
        guard open.isEmpty else { throw fault("<\(open.joined(separator: "> <"))> not closed") }
    }

    private mutating func readTag(_ open: inout [String]) throws(Fault) {
        place += 1
        if take("/") {
            let name = word()
            guard take(">"), open.popLast() == name else { throw fault("</\(name)> where another is open") }
            return
        }
        let name = word()
        guard !name.isEmpty else { throw fault("a < that opens no tag") }
        var attributes: [Attribute] = []
        while true {
            var isApart = false
            while place < scalars.count, scalars[place] == " " {
                place += 1
                isApart = true
            }
            if take("/") {
                guard take(">") else { throw fault("a / within <\(name)>") }
                break
            }
            if take(">") {
                if !Self.void.contains(name) { open.append(name) }
                break
            }
            guard isApart else { throw fault("<\(name)> with something stuck to it") }
            let attribute = word()
            guard !attribute.isEmpty, !attributes.contains(where: { $0.name == attribute }) else {
                throw fault("an attribute of <\(name)> without a name, or twice")
            }
            attributes.append(Attribute(name: attribute, value: take("=") ? try value() : ""))
        }
        tags.append(Tag(name: name, attributes: attributes))
    }

    private mutating func value() throws(Fault) -> String {
        guard take("\"") else { throw fault("a value without quotes") }
        var value = String.UnicodeScalarView()
        while place < scalars.count, scalars[place] != "\"" {
            switch scalars[place] {
            case "<", ">": throw fault("a bare < or > in a value")
            case "&": value.append(contentsOf: try entity().unicodeScalars)
            case let scalar where Self.isHidden(scalar):
                throw fault("U+\(String(scalar.value, radix: 16)), which is not seen, in a value")
            default:
                value.append(scalars[place])
                place += 1
            }
        }
        guard take("\"") else { throw fault("a value that doesn't end") }
        return String(value)
    }

    private mutating func entity() throws(Fault) -> String {
        let end = scalars[place...].prefix(10).firstIndex(of: ";")
        guard let end else { throw fault("a bare &") }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: scalars[(place + 1)..<end])
        guard let text = Self.entities[String(name)] else { throw fault("the entity &\(String(name));") }
        place = end + 1
        return text
    }

    private mutating func word() -> String {
        var word = String.UnicodeScalarView()
        while place < scalars.count {
            let scalar = scalars[place]
            let isPart =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || scalar == "-" || scalar == "_" || scalar == ":"
            guard isPart else { break }
            word.append(scalar)
            place += 1
        }
        return String(word)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard place < scalars.count, scalars[place] == scalar else { return false }
        place += 1
        return true
    }

    /// Controls, and characters that reorder what is read.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xE0000...0xE007F:
            true
        default: false
        }
    }

    private func fault(_ words: String) -> Fault {
        var near = String.UnicodeScalarView()
        near.append(contentsOf: scalars[max(0, place - 60)..<min(scalars.count, place + 20)])
        return Fault(description: "\(words) at \(place), near: \(String(near).debugDescription)")
    }
}
