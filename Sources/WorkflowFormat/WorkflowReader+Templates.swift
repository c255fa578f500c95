import JSONSchemas

extension WorkflowReader {
    /// A value with references, each of which names something in scope. `nil` after a report.
    mutating func template(_ node: YAMLNode) -> ValueTemplate? {
        do {
            let template = try TemplateParser.template(for: node)
            return check(template.references) ? template : nil
        } catch {
            reader.report(error)
            return nil
        }
    }

    /// Named values, such as `with` and `data`.
    mutating func namedTemplates(_ fields: Fields, _ key: String) -> [(name: String, value: ValueTemplate)] {
        guard let node = fields[key], let members = reader.mapping(node, "`\(key)`") else { return [] }
        var templates: [(name: String, value: ValueTemplate)] = []
        for member in members {
            if let value = template(member.value) { templates.append((member.name, value)) }
        }
        return templates
    }

    /// One value, or a list of values.
    mutating func templates(_ node: YAMLNode) -> [ValueTemplate] {
        guard case .sequence(let elements) = node.kind else { return template(node).map { [$0] } ?? [] }
        var templates: [ValueTemplate] = []
        for element in elements {
            if let value = template(element) { templates.append(value) }
        }
        return templates
    }

    /// Whether every reference names something; what doesn't is reported.
    mutating func check(_ references: [Reference]) -> Bool {
        var isFine = true
        for reference in references {
            do {
                _ = try scope.resolve(reference)
            } catch {
                reader.report(error)
                isFine = false
            }
        }
        return isFine
    }

    /// Whether every reference names a value that may stand in an instruction.
    func isTrusted(_ template: ValueTemplate) -> Bool {
        template.references.allSatisfy { reference in
            (try? scope.resolve(reference))?.isTrusted ?? false
        }
    }

    /// What is known about a template's value.
    func shape(of template: ValueTemplate) -> ResultShape {
        switch template {
        case .literal(.array), .array: .list(.anything)
        case .literal(.object), .object: .anything
        case .literal, .text: .scalar("a text or a number")
        case .reference(let reference): (try? scope.resolve(reference))?.shape ?? .anything
        }
    }

    /// An instruction or a goal: the author's text, in which only trusted values may stand.
    mutating func instruction(_ fields: Fields, _ key: String) -> PromptTemplate {
        guard let (path, text, places) = authoredText(fields, key) else { return PromptTemplate(text: "") }
        do {
            let content = try TemplateParser.template(for: text, at: places)
            for reference in content.references where check([reference]) && !isTrusted(.reference(reference)) {
                reader.report(
                    reference.position,
                    "`${\(reference.text)}` can be untrusted and stands in `\(key)`, which the model obeys",
                    fix: "Put it under `\(key == "goal" ? "data" : "read` or `context")`.")
            }
            return PromptTemplate(path: path, text: text, content: content)
        } catch {
            reader.report(error)
            return PromptTemplate(path: path, text: text)
        }
    }

    /// A Mustache template, which takes its values from `data`.
    mutating func mustache(_ fields: Fields, _ key: String, data dataKey: String) -> PromptTemplate {
        guard let (path, text, _) = authoredText(fields, key) else { return PromptTemplate(text: "") }
        if path == nil, text.contains("${") {
            reader.report(
                fields[key]?.position ?? fields.position,
                "`\(key)` is a Mustache template, in which `${` means nothing",
                fix: "Put the value under `\(dataKey)` and write `{{name}}`.")
        }
        return PromptTemplate(path: path, text: text)
    }

    /// The text of a file in the workflow's folder, when the value ends like one, else the value itself.
    private mutating func authoredText(
        _ fields: Fields, _ key: String
    ) -> (path: String?, text: String, places: TemplateParser.Places)? {
        guard let value = reader.string(fields, key, isRequired: true), let node = fields[key] else {
            return nil
        }
        guard [".md", ".txt", ".mustache"].contains(where: value.hasSuffix), !value.contains("\n") else {
            return (nil, value, .everywhere(node.position))
        }
        do {
            let text = try files.text(at: value)
            let shown = shownDirectory.isEmpty ? value : shownDirectory + "/" + value
            return (value, text, .file(shown))
        } catch {
            reader.report(node.position, "`\(key)` names the file `\(value)`, which \(error.reason)")
            return nil
        }
    }

    /// A path below the run's output folder, named once.
    mutating func outputPath(_ fields: Fields, isRequired: Bool) -> String? {
        guard let path = reader.string(fields, "to", isRequired: isRequired), let node = fields["to"] else {
            return nil
        }
        guard SourceFiles.isInside(path), !path.hasSuffix("/"), !path.contains("${") else {
            reader.report(
                node.position, "`to` is `\(path)`, which isn't a file below the run's output folder",
                fix: "Write a relative path without `..`.")
            return nil
        }
        let canonical = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        if let other = writtenPaths[canonical] {
            reader.report(node.position, "`\(path)` is written twice (first at line \(other.line))")
        }
        writtenPaths[canonical] = node.position
        return path
    }
}
