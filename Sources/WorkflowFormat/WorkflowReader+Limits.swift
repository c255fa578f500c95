import JSONSchemas

/// Limits on how sure a model has to be of a field.
extension WorkflowReader {
    mutating func readMinConfidence(
        _ fields: Fields, _ schema: JSONSchema
    ) -> [(pointer: String, threshold: Double)] {
        guard let node = fields["min_confidence"], let members = reader.mapping(node, "`min_confidence`")
        else {
            return []
        }
        var thresholds: [(pointer: String, threshold: Double)] = []
        for member in members {
            let isKnown =
                member.name == Self.everyField && fields["choices"] != nil
                || checkField(member.name, of: schema, at: member.namePosition) != nil
            let threshold = reader.number(member.value, "the threshold", in: 0...1)
            if isKnown, let threshold { thresholds.append((member.name, threshold)) }
        }
        return thresholds
    }

    mutating func readMinMargin(_ fields: Fields, _ schema: JSONSchema) -> [(pointer: String, threshold: Double)] {
        guard let node = fields["min_margin"] else { return [] }
        return readClosedLimits(node, "min_margin", schema, of: fields)
    }

    /// Whether the options' shares are part of the result: of fields that are weighed anyway, since that costs an evaluation.
    mutating func readShares(_ fields: Fields, _ schema: JSONSchema?) -> Bool {
        guard reader.boolean(fields, "shares") ?? false else { return false }
        let limited = ["min_confidence", "min_margin"].flatMap { key -> [String] in
            guard let node = fields[key], case .mapping(let members) = node.kind else { return [] }
            return members.map(\.name)
        }
        let isWeighed = limited.contains { name in
            name == Self.everyField || isChoice(name, of: fields)
                || schema.map { ClosedField.isClosed(name, in: $0) } ?? true
        }
        if !isWeighed {
            reader.report(
                fields.position(of: "shares"),
                "`shares` needs an `enum` or a boolean under `min_confidence` or `min_margin`",
                fix: "Write `min_confidence: { /field: 0 }`, which weighs and refuses nothing.")
        }
        return true
    }

    /// Below which confidence the larger model is asked too; nil for a step that doesn't ask the smaller one.
    mutating func readFirst(_ fields: Fields, _ schema: JSONSchema) -> [(pointer: String, threshold: Double)]? {
        guard let node = fields["first"] else { return nil }
        if firstModelPosition == nil {
            reader.report(
                fields.position(of: "first"), "the step asks a smaller model first, and `model` names none",
                fix: "Write `model: { first: NAME, memory: 4GiB }`.")
        }
        guard let first = reader.fields(node, of: "`first`", known: ["below"]) else { return nil }
        guard let below = first["below"] else {
            reader.report(first.position, "`first` has no `below`", fix: "Write `first: { below: { /field: 0.8 } }`.")
            return nil
        }
        let limits = readClosedLimits(below, "below", schema, of: fields)
        if case .mapping(let members) = below.kind, members.isEmpty {
            reader.report(below.position, "`below` is empty")
        }
        return limits
    }

    /// Limits for fields whose options are weighed against each other.
    private mutating func readClosedLimits(
        _ node: YAMLNode, _ key: String, _ schema: JSONSchema, of step: Fields
    ) -> [(pointer: String, threshold: Double)] {
        guard let members = reader.mapping(node, "`\(key)`") else { return [] }
        var limits: [(pointer: String, threshold: Double)] = []
        for member in members {
            let threshold = reader.number(member.value, "the threshold", in: 0...1)
            if !isChoice(member.name, of: step) {
                guard checkField(member.name, of: schema, at: member.namePosition) != nil else { continue }
                guard ClosedField.isClosed(member.name, in: schema) else {
                    reader.report(
                        member.namePosition, "`\(key)` names `\(member.name)`, whose options can't be weighed",
                        fix: "Name an `enum` of 2 to \(ClosedField.optionLimit) values or a boolean, outside of lists.")
                    continue
                }
            }
            if let threshold { limits.append((member.name, threshold)) }
        }
        return limits
    }

    /// Whether the field's options are a list of the run; in an array there may be any number of such fields.
    private func isChoice(_ pointer: String, of step: Fields) -> Bool {
        guard let node = step["choices"], case .mapping(let members) = node.kind else { return false }
        return members.contains { $0.name == pointer } && (pointer == Self.everyField || !pointer.contains("*"))
    }
}
