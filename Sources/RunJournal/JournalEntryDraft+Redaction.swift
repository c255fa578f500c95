import JSONSchemas
package import Redaction

extension JournalEntryDraft {
    /// The member of a body that counts what the last look replaced, by class.
    static let guardedKey = "guarded"

    /// The draft with what must not be written replaced, and counted in the body.
    ///
    /// Looked at are values. The names of a body's members, and what the program itself says in it, stay: a secret may be
    /// an ordinary word, such as the password of a database on somebody's own machine, and a record whose members are
    /// called otherwise can't be read any more.
    package func guarded(by redactor: Redactor) -> JournalEntryDraft {
        var look = LastLook(redactor)
        guard let redacted = look.changed(body, in: kind) else { return self }
        guard var members = redacted.objectValue else { return JournalEntryDraft(kind, step: step, body: redacted) }
        members[Self.guardedKey] = look.tally.json
        return JournalEntryDraft(kind, step: step, body: .object(members))
    }
}

/// The last look at one body.
///
/// | members | what is replaced |
/// | --- | --- |
/// | ``own``, at every depth of a body's own structure | nothing: words, names and hashes that the program made |
/// | ``named``: arguments, inputs, results | everything in their values; the names are those of tools and workflows |
/// | ``data``: observations, what a model wrote | everything in strings and numbers; in names all but words |
/// | ``mixed``: what holds names of tools and members as well as what came from outside | all but words |
/// | any other | everything in strings |
///
/// A word is a known secret of letters, `_`, `-` and `.` alone. Where text comes in it is replaced like any other.
private struct LastLook {
    private static let own: Set<String> = [
        "address", "approval", "at", "attempt", "class", "code", "decision", "digest", "effect", "endorsed", "fields",
        "fingerprint", "first_weights", "guarded", "integrity", "kind", "label", "labels", "measured", "outcome",
        "policy", "redacted", "redaction", "run", "sha256", "step", "steps", "tool", "tracker", "type", "usage",
        "waiting", "weights",
    ]
    private static let named: Set<String> = ["arguments", "edited", "fixed", "inputs", "paths", "result", "values"]
    private static let data: Set<String> = ["observed", "value", "written"]
    private static let mixed: Set<String> = ["argument", "closed", "name", "option", "rule"]

    private let redactor: Redactor
    private(set) var tally = RedactionTally()

    init(_ redactor: Redactor) {
        self.redactor = redactor
    }

    /// A body after a change; nil where there is none.
    mutating func changed(_ body: JSONValue, in kind: JournalEntryKind) -> JSONValue? {
        guard let members = body.objectValue else { return structure(body, under: "") }
        return each(members) { look, name, value in
            switch (kind, name) {
            // The call, or the plan, that the model wrote: tools and arguments have their names in it.
            case (.valueProduced, "text"): look.words(value)
            case (.valueProduced, "written"): look.structure(value, under: name)
            // The workflow's name; in the parameters it is its path.
            case (.runStarted, "workflow"): nil
            default: look.member(name, value)
            }
        }
    }

    private mutating func member(_ name: String, _ value: JSONValue) -> JSONValue? {
        if Self.own.contains(name) { return nil }
        if Self.mixed.contains(name) { return words(value) }
        if Self.data.contains(name) { return outside(value, under: name) }
        guard Self.named.contains(name) else { return structure(value, under: name) }
        guard let members = value.objectValue else { return outside(value, under: name) }
        return each(members) { look, name, value in
            // How a loop of a model ended is the program's word too.
            name == "outcome" ? look.words(value) : look.outside(value, under: name)
        }
    }

    /// What has a structure of the program's.
    private mutating func structure(_ value: JSONValue, under name: String) -> JSONValue? {
        switch value {
        case .null, .bool, .integer, .number: nil
        case .string: redactor.changed(value, under: name, sparing: .nowhere, tally: &tally)
        case .array(let elements): each(elements) { look, element in look.structure(element, under: name) }
        case .object(let members): each(members) { look, name, value in look.member(name, value) }
        }
    }

    /// What came from outside.
    private mutating func outside(_ value: JSONValue, under name: String) -> JSONValue? {
        redactor.changed(value, under: name, sparing: .inNames, tally: &tally)
    }

    /// Text with names of the program's in it.
    private mutating func words(_ value: JSONValue) -> JSONValue? {
        redactor.changed(value, sparing: .everywhere, tally: &tally)
    }

    private mutating func each(
        _ elements: [JSONValue], _ change: (inout LastLook, JSONValue) -> JSONValue?
    ) -> JSONValue? {
        var result: [JSONValue]?
        for (index, element) in elements.enumerated() {
            guard let new = change(&self, element) else { continue }
            if result == nil { result = elements }
            result?[index] = new
        }
        return result.map { .array($0) }
    }

    private mutating func each(
        _ members: JSONObject, _ change: (inout LastLook, String, JSONValue) -> JSONValue?
    ) -> JSONValue? {
        var result: JSONObject?
        for (name, value) in members {
            guard let new = change(&self, name, value) else { continue }
            if result == nil { result = members }
            result?[name] = new
        }
        return result.map { .object($0) }
    }
}
