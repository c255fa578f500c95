extension SuiteDefinition {
    /// Reads and checks a suite: a folder with `suite.yaml`, or the file itself.
    public static func load(path: String) throws(WorkflowErrors) -> SuiteDefinition {
        let file = path.hasSuffix(".yaml") || path.hasSuffix(".yml") ? path : path + "/suite.yaml"
        let text = try SourceFiles.text(of: file, subject: SuiteReader.subject)
        return try parse(text, file: file)
    }

    /// Checks a suite's text.
    package static func parse(_ text: String, file: String) throws(WorkflowErrors) -> SuiteDefinition {
        let document = try YAMLDocument(text: text, file: file, subject: SuiteReader.subject)
        var reader = SuiteReader(file: file)
        return try reader.read(document.root)
    }
}
