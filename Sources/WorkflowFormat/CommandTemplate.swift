public import JSONSchemas

/// A command whose words are fixed but for holes that a call's arguments fill. No shell ever sees it.
///
/// A hole is written `${name}`. A word that is one hole and nothing else disappears when the argument is absent or
/// `null`, and becomes several words when it is a list. A filled word that starts with `-` could be taken for an
/// option: it is refused unless the word `--` stands before it or the word's own text starts with something else.
public struct CommandTemplate: Hashable, Sendable {
    /// A piece of a word.
    public enum Part: Hashable, Sendable {
        /// Text as it stands.
        case literal(String)
        /// An argument of the call.
        case argument(String)
    }

    /// The words, each made of parts.
    public let words: [[Part]]

    /// A command.
    public init(words: [[Part]]) {
        self.words = words
    }

    /// The names of all holes.
    public var argumentNames: [String] {
        words.joined().compactMap { part in
            if case .argument(let name) = part { name } else { nil }
        }
    }

    /// The words for a call. Throws when an argument would pass for an option.
    public func words(for arguments: JSONObject) throws(CommandTemplateError) -> [String] {
        var result: [String] = []
        var optionsHaveEnded = false
        for parts in words {
            var filled: [String] = []
            if parts.count == 1, case .argument(let name) = parts[0] {
                switch arguments[name] ?? .null {
                case .null: continue
                case .array(let elements): filled = elements.map(Self.text)
                case let value: filled = [Self.text(value)]
                }
            } else {
                filled = [
                    parts.map { part in
                        switch part {
                        case .literal(let text): text
                        case .argument(let name): Self.text(arguments[name] ?? .string(""))
                        }
                    }.joined()
                ]
            }
            if case .argument(let name) = parts.first, !optionsHaveEnded,
                filled.contains(where: { $0.hasPrefix("-") })
            {
                throw CommandTemplateError(
                    argument: name, reason: "starts with `-`, which would be taken for an option")
            }
            optionsHaveEnded = optionsHaveEnded || parts == [.literal("--")]
            result += filled
        }
        return result
    }

    private static func text(_ value: JSONValue) -> String {
        value.stringValue ?? value.serialized()
    }
}

/// An argument that a command can't take.
public struct CommandTemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The argument.
    public let argument: String
    /// Why, as the rest of a sentence.
    public let reason: String

    /// One sentence.
    public var description: String { "Can't build command: the argument `\(argument)` \(reason)." }
}
