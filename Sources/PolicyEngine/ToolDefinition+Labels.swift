import JSONSchemas
public import Provenance
public import WorkflowFormat

extension ToolDefinition {
    /// The labels of the tool's result.
    ///
    /// `label`: what a field's entry in the manifest comes to; it is asked with nil for fields without one, which are
    /// untrusted.
    public func resultLabels<Element: JoinableLabel>(
        trails: Set<Source>, label: (FieldLabel?) -> Element
    ) -> FieldLabels<Element> {
        let rest = label(nil)
        var result = FieldLabels(rest, trails: trails)
        var patterns: [(tokens: [String], label: Element)] = []
        for field in labels {
            // A pointer that can't be read labels nothing, and what it meant is untrusted.
            guard let tokens = try? JSONPointer(parsing: field.pointer).tokens else { continue }
            patterns.append((tokens, label(field)))
        }
        for (tokens, label) in patterns { result.set(label, at: tokens) }
        // Fields beside those that the manifest speaks about: they count when the whole is asked for.
        add(result.whole, at: self.result.root, below: [], among: patterns, to: &result)
        return result
    }

    /// The labels of a call's result: each field's own, joined with those of the arguments that it depends on.
    public func resultLabels(at address: String, call: Label, arguments: [String: Label]) -> LabelMap {
        resultLabels(trails: [Source(step: address, tool: name)]) { field in
            guard let field else { return Label(integrity: .untrusted).joined(with: call) }
            let own = Label(
                integrity: Integrity(name: field.integrity) ?? .untrusted,
                readers: field.readers.map { .only(Set($0)) } ?? .everyone)
            guard !field.apartFrom.isEmpty else { return own.joined(with: call) }
            let others = arguments.filter { !field.apartFrom.contains($0.key) }.values
            return others.reduce(own) { $0.joined(with: $1) }
        }
    }

    private func add<Element>(
        _ inherited: Element, at index: Int, below path: [String], among patterns: [(tokens: [String], label: Element)],
        to result: inout FieldLabels<Element>
    ) {
        func hasParts(_ place: [String]) -> Bool {
            patterns.contains {
                $0.tokens.count > place.count && Self.covers($0.tokens.prefix(place.count), place)
            }
        }
        guard hasParts(path) else { return }
        let node = self.result[index]
        for alternative in node.anyOf {
            add(inherited, at: alternative, below: path, among: patterns, to: &result)
        }
        let isLabelled = patterns.contains { Self.covers($0.tokens[...], path) }
        var isOpen = node.items != nil
        switch node.additionalProperties {
        case .open, .schema: isOpen = true
        case .closed, .unspecified: break
        }
        if isOpen, !isLabelled { result.set(inherited, at: path) }
        for property in node.properties {
            descend(into: property.node, at: path + [property.name])
        }
        if let items = node.items { descend(into: items, at: path + [FieldLabels<Element>.anyMember]) }

        func descend(into child: Int, at place: [String]) {
            let own = patterns.first { Self.covers($0.tokens[...], place) }?.label
            if own == nil, !hasParts(place) { result.mention(place) }
            add(own ?? inherited, at: child, below: place, among: patterns, to: &result)
        }
    }

    /// Whether the pattern leads to this very place.
    private static func covers(_ pattern: ArraySlice<String>, _ place: [String]) -> Bool {
        pattern.count == place.count
            && zip(pattern, place).allSatisfy { $0 == $1 || $0 == FieldLabels<Label>.anyMember }
    }
}
