import JSONSchemas

/// Reads the tests that policies carry.
extension WorkflowReader {
    static let testKeys = ["call", "expect", "by", "task", "after"]

    mutating func readTest(_ test: Fields, of tool: ToolDefinition?, at position: SourcePosition) -> PolicyTest? {
        guard let expect = reader.choice(test, "expect", as: PolicyDecision.self, isRequired: true) else { return nil }
        guard let call = test["call"] else {
            reader.report(test.position, "a policy test has no `call`")
            return nil
        }
        guard let members = reader.mapping(call, "`call`") else { return nil }
        if let tool {
            for member in members { checkArgument(member.name, of: tool, at: member.namePosition) }
        }
        return PolicyTest(
            call: call.json.objectValue ?? JSONObject(), expect: expect, rule: reader.string(test, "by"),
            task: readTask(test), after: readLookups(test), position: position)
    }

    /// One trusted text or a list of them.
    private mutating func readTask(_ test: Fields) -> [String] {
        guard let node = test["task"] else { return [] }
        if case .sequence = node.kind { return reader.strings(node, "`task`") }
        return reader.string(node, "`task`").map { [$0] } ?? []
    }

    private mutating func readLookups(_ test: Fields) -> [PolicyTest.Lookup] {
        guard let node = test["after"] else { return [] }
        var lookups: [PolicyTest.Lookup] = []
        for element in reader.sequence(node, "`after`") ?? [] {
            guard let fields = reader.fields(element, of: "a call before", known: ["tool", "call", "result"]),
                let name = reader.string(fields, "tool", isRequired: true)
            else { continue }
            let tool = listedTool(name, at: fields.position(of: "tool"))
            let members = fields["call"].flatMap { reader.mapping($0, "`call`") } ?? []
            if let tool {
                for member in members { checkArgument(member.name, of: tool, at: member.namePosition) }
            }
            lookups.append(
                PolicyTest.Lookup(
                    call: ToolCall(tool: name, arguments: fields["call"]?.json.objectValue ?? JSONObject()),
                    result: fields["result"]?.json ?? .null))
        }
        return lookups
    }
}
