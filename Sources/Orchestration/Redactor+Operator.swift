public import JSONSchemas
public import Redaction
public import WorkflowFormat

extension Redactor {
    /// The redactor of this machine, as the operator configured it.
    ///
    /// - Parameters:
    ///   - settings: What `journal.yaml` says.
    ///   - trackers: The trackers, whose configuration names variables with secrets too.
    ///   - environment: Where the secrets' values are. They are held in memory and nowhere else.
    ///   - key: What tokens are made with.
    ///   - note: Told in a sentence what can't be done.
    /// - Returns: The redactor; a run adds what its workflow asks for.
    /// - Throws: ``RunStartError`` for a pattern that can't be used.
    public static func operators(
        _ settings: JournalSettings, trackers: TrackerList, environment: [String: String], key: [UInt8],
        note: (String) -> Void
    ) throws(RunStartError) -> Redactor {
        var secrets: [KnownSecret] = []
        let variables = settings.secretVariables + trackers.secretVariables
        // What isn't known here can still be in what a tool reads, a `.env` file for one. Trackers say themselves which of
        // their variables they lack.
        let missing = Set(settings.secretVariables).filter { environment[$0, default: ""].isEmpty }.sorted()
        if !missing.isEmpty {
            let names = missing.map { "`\($0)`" }.joined(separator: ", ")
            note(
                "Not set: \(names), which `journal.yaml` names. The secret is not known here and not looked for; where a "
                    + "tool reads it, it is recorded.")
        }
        for name in Set(variables).sorted() {
            guard let value = environment[name], !value.isEmpty else { continue }
            if let secret = KnownSecret(value, name: name) {
                secrets.append(secret)
            } else {
                note(
                    "The secret in `\(name)` has fewer than \(KnownSecret.shortestByteCount) bytes: it can't be told "
                        + "from ordinary text and is not looked for.")
            }
        }
        var patterns: [ProjectPattern] = []
        for entry in settings.patterns {
            guard let kind = RedactionClass(pattern: entry.name.uppercased()) else {
                throw RunStartError(
                    "\(entry.position): Can't use pattern `\(entry.name)`: a class of that name is always there.")
            }
            guard let pattern = ProjectPattern(kind, entry.pattern) else {
                throw RunStartError(
                    "\(entry.position): Can't use pattern `\(entry.name)`: it matches the empty text, or has more than "
                        + "\(ProjectPattern.stateLimit) states.")
            }
            patterns.append(pattern)
        }
        return Redactor(
            RedactionConfiguration(
                key: key, secrets: secrets, requested: Set(settings.redact.map(\.redactionClass)), patterns: patterns))
    }

    /// The same with what a workflow asks for.
    public func requesting(_ workflow: Workflow) -> Redactor {
        requesting(workflow.redact.map(\.redactionClass))
    }

    /// The same with what a run replaced that is recorded with these parameters: answers to it are redacted alike,
    /// whichever process takes them.
    public func requesting(recordedIn parameters: JSONValue) -> Redactor {
        let names = Set((parameters["redaction"]?["classes"]?.arrayValue ?? []).compactMap(\.stringValue))
        return requesting(RedactionClass.onRequest.filter { names.contains($0.name) })
    }
}

extension PersonalData {
    /// How redaction calls it.
    public var redactionClass: RedactionClass {
        switch self {
        case .email: .email
        case .phone: .phone
        case .ip: .ip
        case .mac: .mac
        }
    }
}
