import JSONSchemas

/// Reads a policy in a file of its own: what a workflow writes under `policy`, with a name, tools and tests.
struct PolicyFileReader {
    static let subject = "policy"
    static let keys = ["policy", "description", "manifests", "tests"] + WorkflowReader.policyKeys

    let folder: String
    let tools: [ToolDefinition]

    mutating func read(_ root: YAMLNode, file: String) throws(WorkflowErrors) -> PolicyFile {
        var reader = WorkflowReader(
            definitions: [], files: SourceFiles(directory: folder), shownDirectory: folder)
        reader.reader = FieldReader(subject: Self.subject)
        guard let fields = reader.reader.fields(root, of: "the policy", known: Self.keys) else {
            throw WorkflowErrors(reader.reader.problems)
        }
        let known = try manifests(fields, &reader)
        // Everything that is wrong with a rule depends on the tools, so they come first.
        var inner = WorkflowReader(definitions: known, files: reader.files, shownDirectory: folder)
        inner.reader = reader.reader
        inner.tools = known.map(\.name)
        let name = inner.reader.string(fields, "policy", isRequired: true) ?? ""
        if !name.isEmpty, !TemplateParser.isName(name) {
            inner.reader.report(
                fields.position(of: "policy"),
                "the policy's name `\(name)` has characters other than letters, digits, `-` and `_`")
        }
        let description = inner.reader.string(fields, "description") ?? ""
        if !fields.has("tools") {
            inner.reader.report(
                fields.position, "the policy has no `tools`, so every call is denied", fix: "List them with a decision."
            )
        }
        let body = inner.readPolicyBody(fields, at: root.position)
        let definition = body.replacing(tools: inner.readTests(fields, into: body.tools))
        guard inner.reader.problems.isEmpty else {
            throw WorkflowErrors(
                inner.reader.problems.sorted {
                    ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
                })
        }
        return PolicyFile(name: name, description: description, file: file, definition: definition, tools: known)
    }

    /// The tools of the file or folder that `manifests` names.
    private func manifests(_ fields: Fields, _ reader: inout WorkflowReader) throws(WorkflowErrors) -> [ToolDefinition]
    {
        guard fields.has("manifests"), let path = reader.reader.string(fields, "manifests") else { return tools }
        let full = path.hasPrefix("/") ? path : folder + "/" + path
        return SourceFiles.isDirectory(full)
            ? try ToolDefinition.loadAll(directory: full) : try ToolDefinition.loadList(path: full)
    }
}

extension WorkflowReader {
    /// The rules with the tests of a policy file added, each to the rule of the tool that it calls.
    fileprivate mutating func readTests(_ fields: Fields, into rules: [ToolRule]) -> [ToolRule] {
        guard let node = fields["tests"] else { return rules }
        var added: [String: [PolicyTest]] = [:]
        var unlisted: [ToolRule] = []
        for element in reader.sequence(node, "`tests`") ?? [] {
            guard
                let test = reader.fields(element, of: "a policy test", known: ["tool"] + Self.testKeys),
                let name = reader.string(test, "tool", isRequired: true)
            else { continue }
            let definition = listedTool(name, at: test.position(of: "tool"))
            guard let test = readTest(test, of: definition, at: element.position) else { continue }
            added[name, default: []].append(test)
            if definition != nil, !(rules + unlisted).contains(where: { $0.tool == name }) {
                // A test may be about a tool that no rule lists; what is written is the same as no rule.
                unlisted.append(ToolRule(tool: name, decision: .deny, position: element.position))
            }
        }
        return (rules + unlisted).map { rule in
            guard let tests = added[rule.tool] else { return rule }
            return rule.adding(tests: tests)
        }
    }
}

extension ToolDefinition {
    /// Reads and checks several manifests in one file: `tools:` with a list of them.
    public static func loadList(path: String) throws(WorkflowErrors) -> [ToolDefinition] {
        let text = try SourceFiles.text(of: path, subject: ToolReader.subject)
        return try parseList(text, file: path)
    }

    /// Checks the text of such a file.
    package static func parseList(_ text: String, file: String) throws(WorkflowErrors) -> [ToolDefinition] {
        let document = try YAMLDocument(text: text, file: file, subject: ToolReader.subject)
        var reader = FieldReader(subject: ToolReader.subject)
        let fields = reader.fields(document.root, of: "the file", known: ["tools"])
        let elements = fields.flatMap { $0["tools"] }.flatMap { reader.sequence($0, "`tools`") } ?? []
        var problems = reader.problems
        if elements.isEmpty, problems.isEmpty {
            problems.append(
                WorkflowError(
                    position: document.root.position, subject: ToolReader.subject, problem: "the file lists no `tools`")
            )
        }
        var tools: [ToolDefinition] = []
        for element in elements {
            do {
                var reader = ToolReader()
                let tool = try reader.read(element)
                if tools.contains(where: { $0.name == tool.name }) {
                    problems.append(
                        WorkflowError(
                            position: element.position, subject: ToolReader.subject,
                            problem: "there is another tool `\(tool.name)` in this file"))
                }
                tools.append(tool)
            } catch {
                problems += error.errors
            }
        }
        guard problems.isEmpty else { throw WorkflowErrors(problems) }
        return tools
    }
}

extension ToolRule {
    fileprivate func adding(tests: [PolicyTest]) -> ToolRule {
        ToolRule(
            tool: tool, decision: decision, decidedBy: decidedBy, max: max, otherwise: otherwise, arguments: arguments,
            isTrustedWhenUnaddressed: isTrustedWhenUnaddressed, vouches: vouches, tests: self.tests + tests,
            position: position)
    }
}
