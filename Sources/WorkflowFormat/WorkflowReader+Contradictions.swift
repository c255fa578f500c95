import JSONSchemas

/// Finds rules that can't mean what they say together.
extension WorkflowReader {
    mutating func checkContradictions(of predicates: [ArgumentPredicate], argument: String, _ fields: Fields) {
        func position(_ key: String) -> SourcePosition { fields.position(of: key) }
        let acceptsUntrusted = predicates.contains(.allowUntrusted)
        var origins: [String] = []
        var stripped: [String] = []
        for predicate in predicates {
            if case .from(let names) = predicate { origins = names }
            if case .strip(let names) = predicate { stripped = names }
        }
        for predicate in predicates {
            switch predicate {
            case .form:
                if acceptsUntrusted, origins.isEmpty {
                    reader.report(
                        position("is"),
                        "`is` compares `\(argument)` with trusted text, but `allow: untrusted` accepts all",
                        fix: "Write `from: [task]` instead of `allow`.")
                } else if !origins.contains("task") {
                    reader.report(
                        position("is"), "`is` means nothing for `\(argument)` without `from: [task]`", fix: "Add it.")
                }
            case .handle:
                if !origins.contains("endorsed") {
                    reader.report(
                        position("handle"), "`handle` means nothing for `\(argument)` without `from: [endorsed]`",
                        fix: "Add it.")
                }
            case .links:
                if stripped.contains("links") {
                    reader.report(position("links"), "`strip` takes the links out before `links` looks at them")
                }
            case .oneOf(let values):
                checkListed(values, against: predicates, argument: argument, at: position("one_of"))
            default: break
            }
        }
    }

    /// A listed value that another predicate refuses can never be used.
    private mutating func checkListed(
        _ values: [JSONValue], against predicates: [ArgumentPredicate], argument: String, at position: SourcePosition
    ) {
        for value in values {
            for predicate in predicates {
                let breaks: String? =
                    switch predicate {
                    case .maxLength(let limit):
                        (value.stringValue?.unicodeScalars.count ?? 0) > limit ? "max_length" : nil
                    case .max(let limit): (value.doubleValue ?? -.infinity) > limit ? "max" : nil
                    case .pattern(let source):
                        value.stringValue.flatMap { text in
                            (try? StringPattern(parsing: source)).flatMap { $0.matches(text) ? nil : "pattern" }
                        }
                    default: nil
                    }
                if let breaks {
                    reader.report(
                        position, "`one_of` lists `\(value.serialized())` for `\(argument)`, which `\(breaks)` refuses",
                        fix: "Change one of them.")
                }
            }
        }
    }

    mutating func checkContradictions(in policy: PolicyDefinition, _ fields: Fields) {
        for forbid in policy.forbids where forbid.isUnconditional && forbid.decision == .deny {
            let allowed = policy.tools.filter {
                $0.decision != .deny && (forbid.tools.isEmpty || forbid.tools.contains($0.tool))
            }
            if let rule = allowed.first {
                reader.report(
                    forbid.position,
                    "`\(forbid.id)` forbids every call of `\(rule.tool)`, which line \(rule.position.line) lists with "
                        + "`decision: \(rule.decision.rawValue)`",
                    fix: "Give one of them up, or write `when`.")
            }
        }
        guard let only = policy.only else { return }
        for rule in policy.tools where rule.decision != .deny && !only.contains(rule.tool) {
            reader.report(
                rule.position, "`\(rule.tool)` has a rule but is not on the list `only`", fix: "Add it there.")
        }
    }

    /// A kind of record that nothing vouches for makes a rule that nothing can fulfil.
    mutating func checkHandles(of policy: PolicyDefinition) {
        let kinds = Set(
            tools.compactMap { definition($0) }.flatMap(\.vouches).map(\.kind)
                + policy.tools.flatMap(\.vouches).map(\.kind))
        for argument in policy.tools.flatMap(\.arguments) {
            for case .handle(let kind) in argument.predicates where !kinds.contains(kind) {
                reader.report(
                    argument.position,
                    "`\(argument.argument)` names a record of kind `\(kind)`, which no tool vouches for",
                    fix: Spelling.fix(for: kind, among: kinds.sorted(), called: "kinds"))
            }
        }
    }
}
