extension WorkflowReader {
    /// A value of the policy that calls are measured by: whoever could write it could move the measure.
    ///
    /// `takesPaths`: the value is a place. The path of a file is the word of whoever starts the run, even where what
    /// stands in the file is anybody's.
    mutating func policyConstant(_ node: YAMLNode, _ key: String, takesPaths: Bool = false) -> ValueTemplate? {
        guard let template = template(node) else { return nil }
        for reference in template.references {
            if takesPaths, case .input(let name) = reference.root,
                let input = inputs.first(where: { $0.name == name }), input.type == .file || input.type == .folder
            {
                continue
            }
            guard !isTrusted(.reference(reference)) else { continue }
            reader.report(
                reference.position,
                "`${\(reference.text)}` can be untrusted and stands in `\(key)`, which decides on calls",
                fix: "Give the input `trust: trusted` if whoever starts a run vouches for it.")
        }
        return template
    }
}
