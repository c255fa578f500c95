import JSONSchemas

/// The members of one mapping whose keys are all known.
struct Fields {
    /// Where the mapping starts.
    let position: SourcePosition
    /// What the mapping is, for messages.
    let what: String
    let members: [YAMLMember]

    subscript(key: String) -> YAMLNode? {
        members.first { $0.name == key }?.value
    }

    func has(_ key: String) -> Bool {
        members.contains { $0.name == key }
    }

    /// Where a key stands; where the mapping starts when it has no such key.
    func position(of key: String) -> SourcePosition {
        members.first { $0.name == key }?.namePosition ?? position
    }
}

/// Reads typed members out of mappings and collects what is wrong on the way, so that one reading reports everything.
struct FieldReader {
    let subject: String
    private(set) var problems: [WorkflowError] = []

    init(subject: String) {
        self.subject = subject
    }

    mutating func report(_ position: SourcePosition, _ problem: String, fix: String? = nil) {
        let error = WorkflowError(position: position, subject: subject, problem: problem, fix: fix)
        if !problems.contains(error) { problems.append(error) }
    }

    mutating func report(_ failure: TemplateParser.Failure) {
        report(failure.position, failure.problem, fix: failure.fix)
    }

    /// A mapping with known keys; unknown ones are reported and left out.
    mutating func fields(_ node: YAMLNode, of what: String, known: [String]) -> Fields? {
        guard let members = mapping(node, what) else { return nil }
        var kept: [YAMLMember] = []
        for member in members {
            if known.contains(member.name) {
                kept.append(member)
            } else {
                report(
                    member.namePosition, "unknown key `\(member.name)` in \(what)",
                    fix: Self.quotingFix(member.name)
                        ?? Spelling.fix(for: member.name, among: known, called: "keys"))
            }
        }
        return Fields(position: node.position, what: what, members: kept)
    }

    /// In `{ a: one, two }` YAML takes `two` for another key: what has a space was meant to be text.
    private static func quotingFix(_ key: String) -> String? {
        key.contains(" ") ? "Quote a text that has a comma." : nil
    }

    /// A mapping with any keys.
    mutating func mapping(_ node: YAMLNode, _ what: String) -> [YAMLMember]? {
        guard case .mapping(let members) = node.kind else {
            report(node.position, "\(what) must be a mapping, not \(node.kindName)")
            return nil
        }
        return members
    }

    mutating func sequence(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
        guard case .sequence(let elements) = node.kind else {
            report(node.position, "\(what) must be a list, not \(node.kindName)")
            return nil
        }
        return elements
    }

    /// Any scalar as it is written; `null` is the empty text.
    mutating func text(_ node: YAMLNode, _ what: String) -> String? {
        guard case .scalar(let text, let value) = node.kind else {
            report(node.position, "\(what) must be a text, not \(node.kindName)")
            return nil
        }
        return value.isNull ? "" : text
    }

    /// A string.
    mutating func string(_ node: YAMLNode, _ what: String) -> String? {
        guard case .scalar(_, .string(let text)) = node.kind else {
            report(
                node.position, "\(what) must be a string, not \(node.kindName)", fix: "Quote it if it is one."
            )
            return nil
        }
        return text
    }

    /// A string that isn't empty, of a member that may have to be there.
    mutating func string(_ fields: Fields, _ key: String, isRequired: Bool = false) -> String? {
        guard let node = fields[key] else {
            if isRequired { report(fields.position, "\(fields.what) has no `\(key)`") }
            return nil
        }
        guard let text = string(node, "`\(key)`") else { return nil }
        guard !text.isEmpty else {
            report(node.position, "`\(key)` is empty")
            return nil
        }
        return text
    }

    mutating func strings(_ node: YAMLNode, _ what: String) -> [String] {
        guard let elements = sequence(node, what) else { return [] }
        var strings: [String] = []
        for element in elements {
            if let text = string(element, "an element of \(what)") { strings.append(text) }
        }
        return strings
    }

    mutating func strings(_ fields: Fields, _ key: String) -> [String] {
        fields[key].map { strings($0, "`\(key)`") } ?? []
    }

    /// A whole number of at least `minimum`.
    mutating func integer(_ fields: Fields, _ key: String, atLeast minimum: Int, atMost maximum: Int = .max)
        -> Int?
    {
        guard let node = fields[key] else { return nil }
        guard let value = node.json.intValue, value >= minimum, value <= maximum else {
            report(
                node.position,
                "`\(key)` must be a whole number "
                    + (maximum == .max ? "of at least \(minimum)" : "from \(minimum) to \(maximum)"))
            return nil
        }
        return value
    }

    mutating func number(_ node: YAMLNode, _ what: String, in range: ClosedRange<Double>) -> Double? {
        guard let value = node.json.doubleValue, range.contains(value) else {
            report(
                node.position,
                "\(what) must be a number"
                    + (range.upperBound.isFinite ? " from \(range.lowerBound) to \(range.upperBound)" : ""))
            return nil
        }
        return value
    }

    mutating func boolean(_ fields: Fields, _ key: String) -> Bool? {
        guard let node = fields[key] else { return nil }
        guard let value = node.json.boolValue else {
            report(node.position, "`\(key)` must be `true` or `false`")
            return nil
        }
        return value
    }

    /// One of an enumeration's raw values.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ fields: Fields, _ key: String, as type: Choice.Type, isRequired: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        guard let node = fields[key] else {
            if isRequired { report(fields.position, "\(fields.what) has no `\(key)`") }
            return nil
        }
        guard let text = string(node, "`\(key)`") else { return nil }
        guard let value = Choice(rawValue: text) else {
            report(
                node.position, "`\(key)` is `\(text)`, which is unknown",
                fix: Spelling.fix(for: text, among: Choice.allCases.map(\.rawValue), called: "values"))
            return nil
        }
        return value
    }

    /// A schema whose members can be told from it, since labels, references and rules name them; anything else is
    /// reported where it stands.
    mutating func schema(_ node: YAMLNode, _ what: String) -> JSONSchema? {
        do throws(SchemaError) {
            let schema = try JSONSchema(node.json)
            if let fault = schema.firstKeywordBeyondMembers { throw fault }
            return schema
        } catch {
            let positions = node.positions()
            var pointer = error.keyword.map(error.pointer.appending) ?? error.pointer
            while positions[pointer] == nil, !pointer.tokens.isEmpty {
                pointer = JSONPointer(pointer.tokens.dropLast())
            }
            let name = error.keyword.map { "`\($0)`" } ?? "the schema"
            report(
                positions[pointer] ?? node.position,
                "\(what) can't be enforced: \(name) at `#\(error.pointer)` \(error.reason)",
                fix: error.keyword.flatMap(Self.quotingFix))
            return nil
        }
    }
}
