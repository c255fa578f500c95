import JSONSchemas

extension ReadStep {
    /// Whether the field of the value that `tokens` lead to holds one of a few values that the workflow lists, or a
    /// boolean: whoever wrote the text that is read can choose among them and say nothing else.
    public func isClosedChoice(_ tokens: [String]) -> Bool {
        // The options of a choice are a list of the run, not of the workflow.
        guard !tokens.isEmpty, !choices.contains(where: { $0.field != nil || Self.covers($0.pointer, tokens) }) else {
            return false
        }
        let nodes = SchemaPath.nodes(tokens, in: schema)
        return !nodes.isEmpty
            && nodes.allSatisfy { node in
                if let values = node.values {
                    return values.allSatisfy { $0.objectValue == nil && $0.arrayValue == nil }
                }
                return node.types == .boolean
            }
    }

    private static func covers(_ pattern: String, _ tokens: [String]) -> Bool {
        // A pointer that can't be read may mean any field.
        guard let pattern = try? JSONPointer(parsing: pattern).tokens else { return true }
        return pattern.count == tokens.count && zip(pattern, tokens).allSatisfy { $0 == $1 || $0 == "*" }
    }
}
