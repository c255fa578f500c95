import JSONSchemas
import Planning
import Provenance
import WorkflowFormat

/// A closed choice among the rows of a list: the model sees lettered options and writes a letter, and the letter is put
/// back into the row's identifier. Small models choose among letters far better than they copy identifiers, and by
/// likelihood far better still, where no letter is written at all. Where names say what they mean it writes the name.
struct ResolvedChoice {
    let pointer: String
    private let letters: [String]
    private let identifiers: [JSONValue]
    private let texts: [String]
    private let offersNone: Bool
    private let label: Label
    private let method: ChoiceSource.Method
    private let field: String?
    /// Texts with the letter that was decided for them, what they count, and where they came from; nil where nothing is asked.
    private let decided: (texts: [(text: String, letter: String)], weight: Double, label: Label)?

    /// The choices that `source` stands for: one, or one for each field that the rows of `list` name, in their order.
    ///
    /// `examples`: what `source` learns from.
    static func resolve(
        _ source: ChoiceSource, list: JSONValue, label: Label, examples: (list: JSONValue, label: Label)? = nil,
        address: String
    ) throws -> [ResolvedChoice] {
        if let rows = examples?.list.arrayValue, !rows.isEmpty, !rows.contains(where: isExample) {
            throw Halt(
                .badData,
                "Can't learn from the examples of step `\(address)`: none has a text under `\(ChoiceExamples.textMember)` and "
                    + "an object under `\(ChoiceExamples.valuesMember)`.")
        }
        guard let member = source.field else {
            return [
                ResolvedChoice(
                    source, list: list, label: label, examples: examples, pointer: source.pointer, field: nil)
            ]
        }
        var names: [String] = []
        var groups: [String: [JSONValue]] = [:]
        for row in list.arrayValue ?? [] {
            // The name becomes a tag of the prompt, so it has to be one that can't say anything else.
            guard let name = row[member]?.stringValue, name.wholeMatch(of: /[a-z][a-z0-9_]{0,39}/) != nil else {
                throw Halt(
                    .badData,
                    "Can't offer the choices of step `\(address)`: a field's name in `\(member)` must be lower-case "
                        + "letters, digits and `_`.")
            }
            if groups[name] == nil { names.append(name) }
            groups[name, default: []].append(row)
        }
        return names.map { name in
            ResolvedChoice(
                source, list: .array(groups[name] ?? []), label: label, examples: examples,
                pointer: JSONPointer([name]).description, field: name)
        }
    }

    private init(
        _ source: ChoiceSource, list: JSONValue, label: Label, examples: (list: JSONValue, label: Label)?,
        pointer: String, field: String?
    ) {
        self.pointer = pointer
        self.field = field
        offersNone = source.none
        self.label = label
        method = source.method
        let rows = list.arrayValue ?? []
        identifiers = rows.map { $0[source.id] ?? $0 }
        texts = rows.map { row in
            row[source.show]?.stringValue ?? row.stringValue ?? row.serialized(.spaced)
        }
        let names = identifiers.map { $0.stringValue ?? $0.serialized(.compact) }
        let letters = source.method == .name ? names : rows.indices.map(Self.letter)
        self.letters = letters
        guard let rule = source.examples, let examples else {
            decided = nil
            return
        }
        let name = field ?? (try? JSONPointer(parsing: pointer))?.tokens.last ?? ""
        let identifiers = identifiers
        let texts = (examples.list.arrayValue ?? []).compactMap { row -> (text: String, letter: String)? in
            guard let text = row[ChoiceExamples.textMember]?.stringValue, !text.isEmpty,
                let id = row[ChoiceExamples.valuesMember]?[name], let place = identifiers.firstIndex(of: id)
            else { return nil }
            return (text, letters[place])
        }
        decided = (Array(texts.prefix(ChoiceExamples.limit)), rule.weight, examples.label)
    }

    /// What was decided for `options`, which are letters; nil where the workflow asks for none.
    func examples(for options: [JSONValue]) -> OptionExamples? {
        guard let decided else { return nil }
        func place(of letter: String) -> Int? { options.firstIndex(of: .string(letter)) }
        let own = letters.indices.compactMap { index in
            place(of: letters[index]).map { option in
                // Where names are written they say what they mean.
                let text = method == .name ? "\(letters[index]): \(texts[index])" : texts[index]
                return OptionExamples.Example(text: text, option: option)
            }
        }
        return OptionExamples(
            decided: decided.texts.compactMap { example in
                place(of: example.letter).map { OptionExamples.Example(text: example.text, option: $0) }
            },
            options: own, weight: decided.weight, label: label.joined(with: decided.label))
    }

    var isEmpty: Bool { identifiers.isEmpty }

    /// Whether there is nothing else to choose.
    var isForced: Bool { identifiers.count + (offersNone ? 1 : 0) == 1 }

    /// The options as the prompt shows them.
    var item: DataItem {
        var lines = zip(letters, texts).map { "\($0): \($1)" }
        if offersNone { lines.append("none: none of these") }
        return DataItem(name: field ?? "options", text: lines.joined(separator: "\n"), label: label)
    }

    /// How to choose by likelihood, where the workflow wants that.
    func ranking(blank: [DataItem]) -> OptionRanking? {
        guard method == .likelihood, let field = try? JSONPointer(parsing: pointer).tokens.first else { return nil }
        return OptionRanking(
            field: field, options: zip(letters, texts).map { OptionRanking.Option(name: $0, text: $1) }, label: label,
            blank: blank)
    }

    private static func isExample(_ row: JSONValue) -> Bool {
        row[ChoiceExamples.textMember]?.stringValue != nil && row[ChoiceExamples.valuesMember]?.objectValue != nil
    }

    /// A, B, ... Z, A1, B1, ...
    private static func letter(_ index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(65 + index % 26)))
        return index < 26 ? letter : letter + String(index / 26)
    }

    /// `schema` with each choice's property closed to its letters.
    static func schema(_ schema: JSONSchema, with choices: [ResolvedChoice], address: String) throws -> JSONSchema {
        guard !choices.isEmpty else { return schema }
        var source = schema.source
        for choice in choices {
            if let field = choice.field, var object = source.objectValue {
                let required = (object["required"]?.arrayValue ?? []).filter { $0 != .string(field) }
                object["required"] = .array(required + [.string(field)])
                object["properties"] = object["properties"] ?? .object(JSONObject())
                source = .object(object)
            }
            var options = choice.letters.map { JSONValue.string($0) }
            if choice.offersNone { options.append("none") }
            let tokens = try JSONPointer(parsing: choice.pointer).tokens
            source = replacing(source, tokens[...], with: ["enum": .array(options)])
        }
        do {
            return try JSONSchema(source)
        } catch {
            throw Halt(.badData, "Can't use the schema of step `\(address)`: \(error)")
        }
    }

    private static func replacing(
        _ schema: JSONValue, _ tokens: ArraySlice<String>, with leaf: JSONValue
    ) -> JSONValue {
        guard let token = tokens.first, var object = schema.objectValue else { return leaf }
        if token == "*" {
            object["items"] = replacing(object["items"] ?? .null, tokens.dropFirst(), with: leaf)
        } else if var properties = object["properties"]?.objectValue {
            properties[token] = replacing(properties[token] ?? .null, tokens.dropFirst(), with: leaf)
            object["properties"] = .object(properties)
        }
        return .object(object)
    }

    /// Puts identifiers back where letters stand.
    static func restore(
        _ value: JSONValue, _ confidence: [String: Double], _ choices: [ResolvedChoice]
    ) -> (JSONValue, [String: Double]) {
        var value = value
        for choice in choices {
            guard let tokens = try? JSONPointer(parsing: choice.pointer).tokens else { continue }
            value = choice.restoring(value, tokens[...])
        }
        return (value, confidence)
    }

    /// What stands for an option in a table of shares; nil for what isn't one.
    func name(of option: JSONValue) -> String? {
        guard let letter = option.stringValue else { return nil }
        guard let index = letters.firstIndex(of: letter) else { return offersNone ? letter : nil }
        return identifiers[index].stringValue ?? identifiers[index].serialized(.compact)
    }

    private func restoring(_ value: JSONValue, _ tokens: ArraySlice<String>) -> JSONValue {
        guard let token = tokens.first else {
            guard let letter = value.stringValue, let index = letters.firstIndex(of: letter) else { return .null }
            return identifiers[index]
        }
        if token == "*", let list = value.arrayValue {
            return .array(list.map { restoring($0, tokens.dropFirst()) })
        }
        guard var object = value.objectValue, let inner = object[token] else { return value }
        object[token] = restoring(inner, tokens.dropFirst())
        return .object(object)
    }
}
