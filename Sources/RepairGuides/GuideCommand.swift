import JSONSchemas
import WorkflowFormat

/// A command of a guide: words that are fixed but for typed holes. No shell ever sees it.
public struct GuideCommand: Hashable, Sendable {
    /// A place in a command that is filled from what was seen.
    public struct Hole: Hashable, Sendable {
        /// What may fill a hole.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// Up to ten digits.
            case integer
            /// Letters, digits, `.`, `_`, `-`, `@` and `:`, not beginning with `-`.
            case word
            /// A relative path below the folder under repair.
            case path
        }

        /// The name in the command, as the guide writes it.
        public let name: String
        /// What may fill it.
        public let kind: Kind

        /// A hole.
        public init(name: String, kind: Kind) {
            self.name = name
            self.kind = kind
        }

        /// Whether `text` may fill the hole: nothing that could be another word, an option or another folder.
        public func admits(_ text: String) -> Bool {
            guard !text.isEmpty, text.utf8.count <= 128, !text.hasPrefix("-") else { return false }
            switch kind {
            case .integer: return text.utf8.count <= 10 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            case .word: return text.utf8.allSatisfy { Self.isWordByte($0) }
            case .path:
                return !text.hasPrefix("/") && !text.split(separator: "/").contains("..")
                    && text.utf8.allSatisfy { Self.isWordByte($0) || $0 == UInt8(ascii: "/") }
            }
        }

        private static func isWordByte(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: ":"): true
            default: false
            }
        }
    }

    /// The name that steps use.
    public let id: String
    /// The command as the source writes it.
    public let line: Quote
    /// Its words, holes written `{NAME}`; empty where it can't be run.
    public let argv: [String]
    /// Its holes.
    public let holes: [Hole]
    /// Why it is only shown to a person and never run.
    public let refusal: String?

    init(id: String, line: Quote, argv: [String], holes: [Hole], refusal: String?) {
        self.id = id
        self.line = line
        self.argv = argv
        self.holes = holes
        self.refusal = refusal
    }

    var json: JSONValue {
        var object = JSONObject([("id", .string(id))] + line.members)
        object["argv"] = .array(argv.map { .string($0) })
        object["holes"] = .object(JSONObject(holes.map { ($0.name, .string($0.kind.rawValue)) }))
        if let refusal { object["only_shown_because"] = .string(refusal) }
        return .object(object)
    }

    init(_ value: JSONValue) throws(GuideError) {
        guard let id = value["id"]?.stringValue, !id.isEmpty else { throw GuideError("a command has no `id`") }
        var holes: [Hole] = []
        for (name, kind) in value["holes"]?.objectValue ?? JSONObject() {
            guard let kind = kind.stringValue.flatMap(Hole.Kind.init(rawValue:)) else {
                throw GuideError("command `\(id)` has a hole `\(name)` of no known type")
            }
            holes.append(Hole(name: name, kind: kind))
        }
        let argv = value["argv"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let refusal = value["only_shown_because"]?.stringValue
        guard !argv.isEmpty || refusal != nil else { throw GuideError("command `\(id)` has no words") }
        guard argv.first?.contains("{") != true else {
            throw GuideError("command `\(id)` has a hole where its program is named")
        }
        self.init(
            id: id, line: try Quote(value, of: "command `\(id)`"), argv: argv, holes: holes, refusal: refusal)
    }

    /// The words with every hole filled; `nil` when a hole has no value or one that it doesn't admit.
    func words(filling values: [String: String]) -> [String]? {
        var words = argv
        for hole in holes {
            guard let value = values[hole.name], hole.admits(value) else { return nil }
            words = words.map { $0.replacing("{\(hole.name)}", with: value) }
        }
        return words
    }
}

extension GuideCommand {
    /// A command read from the text of a runbook.
    init(id: String, reading line: Quote, isQuery: Bool) {
        var holes: [Hole] = []
        let marked = Self.markHoles(line.text, &holes)
        var argv: [String] = []
        var refusal: String? = isQuery ? "it is a query and no command" : Self.shellSyntax(in: marked)
        if refusal == nil {
            do {
                argv = try CommandWords.split(marked)
            } catch {
                refusal = error.reason
            }
        }
        if refusal == nil, argv.first?.contains("{") != false {
            refusal = "its program isn't named"
        }
        self.init(id: id, line: line, argv: refusal == nil ? argv : [], holes: holes, refusal: refusal)
    }

    /// Words that stand for something in documentation, alone or as the last part of a longer name.
    private static let placeholders: [(String, Hole.Kind)] = [
        ("PID", .integer), ("PORT", .integer), ("NUMBER", .integer), ("COUNT", .integer), ("FILE", .path),
        ("PATH", .path), ("DIR", .path), ("FOLDER", .path), ("NAME", .word), ("KEY", .word), ("ID", .word),
        ("HOST", .word), ("NODE", .word), ("USER", .word), ("SERVICE", .word), ("UNIT", .word), ("VALUE", .word),
        ("POD", .word), ("CONTAINER", .word), ("NAMESPACE", .word), ("DEVICE", .word), ("VERSION", .word),
    ]

    private static func kind(of name: String) -> Hole.Kind? {
        let last = name.uppercased().split { $0 == "_" || $0 == "-" }.last.map(String.init) ?? ""
        return placeholders.first { $0.0 == last }?.1
    }

    /// `text` with `$NAME`, `${NAME}`, `<name>` and placeholder words in capitals written as `{NAME}`.
    private static func markHoles(_ text: String, _ holes: inout [Hole]) -> String {
        func take(_ name: String, _ kind: Hole.Kind) -> String {
            let name = name.uppercased().replacing("-", with: "_")
            if !holes.contains(where: { $0.name == name }) { holes.append(Hole(name: name, kind: kind)) }
            return "{\(name)}"
        }
        var result = text.replacing(/\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?|<([A-Za-z][A-Za-z0-9_-]*)>/) { match in
            let name = String(match.output.1 ?? match.output.2 ?? "")
            return take(name, kind(of: name) ?? .word)
        }
        result = result.replacing(/\b[A-Z][A-Z0-9_]*\b/) { match in
            let name = String(match.output)
            // A name that was marked above stands between braces already.
            if match.range.lowerBound > result.startIndex,
                result[result.index(before: match.range.lowerBound)] == "{"
            {
                return name
            }
            guard let kind = kind(of: name) else { return name }
            return take(name, kind)
        }
        return result
    }

    /// What of a shell the command needs, as a reason not to run it; quoted text is not looked at.
    static func shellSyntax(in text: String) -> String? {
        var quote: Character?
        for character in text {
            switch (quote, character) {
            case (nil, "'"), (nil, "\""): quote = character
            case ("'", "'"), ("\"", "\""): quote = nil
            case (nil, "|"), (nil, "&"), (nil, ";"), (nil, ">"), (nil, "<"), (nil, "("), (nil, ")"), (nil, "*"),
                (nil, "?"), (nil, "["), (nil, "~"), (nil, "\n"), (nil, "#"), (nil, "!"):
                return "it needs a shell for `\(character == "\n" ? "a line break" : String(character))`"
            case (nil, "`"), ("\"", "`"), (nil, "$"), ("\"", "$"):
                return "it needs a shell for `\(character)`"
            default: break
            }
        }
        return nil
    }
}
