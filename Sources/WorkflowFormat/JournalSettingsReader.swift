import JSONSchemas

/// Reads the operator's `journal.yaml`.
struct JournalSettingsReader {
    static let subject = "journal configuration"
    static let keys = ["secrets", "redact", "patterns", "retention"]

    private var reader = FieldReader(subject: subject)

    mutating func read(_ root: YAMLNode) throws(WorkflowErrors) -> JournalSettings {
        var settings = JournalSettings()
        if let fields = reader.fields(root, of: "the file", known: Self.keys) {
            settings = JournalSettings(
                secretVariables: readSecrets(fields), redact: reader.personalData(fields),
                patterns: readPatterns(fields), retention: readRetention(fields))
        }
        guard reader.problems.isEmpty else {
            throw WorkflowErrors(
                reader.problems.sorted {
                    ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
                })
        }
        return settings
    }

    private mutating func readSecrets(_ fields: Fields) -> [String] {
        guard let node = fields["secrets"] else { return [] }
        var names: [String] = []
        for element in reader.sequence(node, "`secrets`") ?? [] {
            guard let name = reader.string(element, "an element of `secrets`") else { continue }
            // What isn't a name may be the secret itself, so it is not repeated.
            guard EnvironmentName.isName(name) else {
                reader.report(
                    element.position, "an element of `secrets` isn't the name of an environment variable",
                    fix: "Put the secret into the environment and the variable's name here.")
                continue
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private mutating func readPatterns(_ fields: Fields) -> [JournalSettings.Pattern] {
        guard let node = fields["patterns"] else { return [] }
        var patterns: [JournalSettings.Pattern] = []
        for member in reader.mapping(node, "`patterns`") ?? [] {
            let name = member.name
            guard (2...32).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte),
                name.utf8.first.map({ (97...122).contains($0) }) == true
            else {
                reader.report(
                    member.namePosition, "a pattern's name `\(name)` isn't 2 to 32 small letters, digits and `_`")
                continue
            }
            guard let source = reader.string(member.value, "the pattern `\(name)`") else { continue }
            do {
                patterns.append(
                    JournalSettings.Pattern(
                        name: name, pattern: try StringPattern(parsing: source), position: member.value.position))
            } catch {
                reader.report(member.value.position, "`\(name)` can't be used: \(error.reason)")
            }
        }
        return patterns
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
    }

    private mutating func readRetention(_ fields: Fields) -> RetentionPeriods {
        var periods = RetentionPeriods()
        let known = RetentionPeriods.RecordClass.allCases.map(\.rawValue)
        guard let node = fields["retention"], let own = reader.fields(node, of: "`retention`", known: known) else {
            return periods
        }
        for kind in RetentionPeriods.RecordClass.allCases {
            guard let node = own[kind.rawValue], let period = readPeriod(node, kind.rawValue) else { continue }
            let value: Duration? = period == .zero ? nil : period
            switch kind {
            case .events: periods.events = value
            case .outputs: periods.outputs = value
            case .prompts: periods.prompts = value
            }
        }
        return periods
    }

    /// A period; zero for `keep`.
    private mutating func readPeriod(_ node: YAMLNode, _ key: String) -> Duration? {
        guard let text = reader.text(node, "`\(key)`") else { return nil }
        if text == "keep" { return .zero }
        if text.hasSuffix("d"), let days = Int(text.dropLast()), (1...36_500).contains(days) {
            return RetentionPeriods.day * days
        }
        if let period = DurationParser.parse(text), period > .zero { return period }
        reader.report(
            node.position, "`\(key)` is `\(text)`, which is no period",
            fix: "Write `30d`, `12h` or `keep`.")
        return nil
    }
}

/// Names of environment variables as configurations write them.
enum EnvironmentName {
    /// Capital letters, digits and `_`, and no digit in front.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.first.map { (48...57).contains($0) } == false
            && text.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}

extension JournalSettings {
    /// Reads and checks the file at `path`; a file that isn't there says nothing.
    ///
    /// - Throws: `WorkflowErrors` with everything that is wrong, also where the file can't be read: what was meant to be
    ///   replaced would silently not be.
    public static func load(path: String) throws(WorkflowErrors) -> JournalSettings {
        guard !SourceFiles.isAbsent(path) else { return JournalSettings() }
        let text: String
        do {
            text = try SourceFiles.read(path)
        } catch {
            throw WorkflowErrors([
                WorkflowError(
                    position: SourcePosition(file: path), subject: JournalSettingsReader.subject,
                    problem: "the file \(error.reason)")
            ])
        }
        return try parse(text, file: path)
    }

    /// Checks the text of such a file.
    package static func parse(_ text: String, file: String) throws(WorkflowErrors) -> JournalSettings {
        let document = try YAMLDocument(text: text, file: file, subject: JournalSettingsReader.subject)
        var reader = JournalSettingsReader()
        return try reader.read(document.root)
    }
}
