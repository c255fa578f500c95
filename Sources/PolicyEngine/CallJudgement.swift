import JSONSchemas
import Provenance
import WebAddresses
import WorkflowFormat

/// One call in its context, judged by one rule at a time.
struct CallJudgement {
    let call: Labelled<ToolCall>
    let context: PolicyContext

    /// The rule that asks before something with an unknown outcome is done again.
    static let repeatRule = "effect.unknown_outcome"

    /// Everything the rule has to say; at least its own decision.
    func findings(of rule: PolicyRule) -> [Finding] {
        var findings = [own(rule)]
        if let issue = rule.tool.arguments.validate(.object(call.value.arguments)).first {
            let place = issue.pointer.tokens.first.map { "`\($0)`" } ?? "the arguments"
            findings.append(
                Finding(
                    .deny, rule: "\(rule.id).arguments",
                    because: "\(place) breaks the tool's schema at `\(issue.keyword)`; `warrant tool show "
                        + "\(rule.tool.name)` prints it"))
        }
        findings += manifestFindings(rule)
        if context.isOutcomeUnknown {
            findings.append(
                Finding(
                    .ask, rule: Self.repeatRule,
                    because: "it was begun before the run stopped and its outcome is unknown; look first, then say "
                        + "what became of it with `warrant settle`, or leave it with `warrant deny`"))
        }
        if let limit = rule.maxCalls, context.earlierCalls[rule.tool.name, default: 0] >= limit {
            findings.append(
                Finding(
                    rule.otherwise, rule: "\(rule.id).max",
                    because: "this run has made all \(limit) calls it may make; raise `max` to permit more"))
        }
        for check in rule.checks {
            guard let value = call.value.arguments[check.argument] else { continue }
            for (id, predicate) in check.predicates {
                if let failure = failure(
                    of: predicate, on: value, check: check, id: id, rule: rule)
                {
                    findings.append(Finding(failure.decision, rule: id, because: failure.reason))
                }
            }
        }
        return findings + unaddressedFindings(rule) + untrustedFindings(rule) + audienceFindings(rule)
    }

    /// What the tool's manifest demands of every policy.
    private func manifestFindings(_ rule: PolicyRule) -> [Finding] {
        var findings: [Finding] = []
        if rule.tool.leastDecision != .allow {
            findings.append(
                Finding(
                    rule.tool.leastDecision, rule: "\(rule.id).manifest",
                    because: "the tool's manifest says so for every workflow"))
        }
        for argument in rule.tool.hostArguments
        where rule.check(for: argument)?.hosts == nil && !rule.isNarrowing {
            findings.append(
                Finding(
                    .deny, rule: "\(rule.id).\(argument).host_in",
                    because: "no host is named for `\(argument)`; list them under `host_in`"))
        }
        return findings
    }

    private func own(_ rule: PolicyRule) -> Finding {
        switch rule.decision {
        case .allow: Finding(.allow, rule: rule.id, because: "the policy lists it with `decision: allow`")
        case .ask:
            Finding(
                .ask, rule: rule.id,
                because: "the policy lists it with `decision: ask`; write `allow` there to stop asking")
        case .deny:
            Finding(
                .deny, rule: rule.id,
                because:
                    "the policy lists it with `decision: deny`; write `ask` or `allow` there to change that")
        }
    }

    /// An untrusted value that says where a call lands or what it carries, and that no rule speaks about: a person
    /// looks at it, whatever the tool's decision.
    private func untrustedFindings(_ rule: PolicyRule) -> [Finding] {
        if rule.isNarrowing { return [] }
        return (rule.tool.sinkControl + rule.tool.sinkContent).compactMap { argument in
            guard call.value.arguments[argument] != nil, label(of: argument).integrity == .untrusted,
                rule.check(for: argument)?.settlesTrust != true, !isAcceptedChoice(argument, rule)
            else { return nil }
            return Finding(
                .ask, rule: "\(rule.id).\(argument).untrusted",
                because:
                    "`\(argument)` is untrusted; limit it with `from` or `one_of`, or write `allow: untrusted`"
            )
        }
    }

    /// Whether the argument is a closed choice that a `read` made, and the rule accepts such a choice.
    private func isAcceptedChoice(_ argument: String, _ rule: PolicyRule) -> Bool {
        context.closedChoices.contains(argument) && rule.check(for: argument)?.acceptsEnum == true
    }

    func label(of argument: String) -> Label { context.argumentLabels[argument] ?? call.label }

    private struct Failure {
        let decision: PolicyDecision
        let reason: String
    }

    private func failure(
        of predicate: ArgumentCheck.Predicate, on value: JSONValue, check: ArgumentCheck, id: String,
        rule: PolicyRule
    ) -> Failure? {
        let argument = check.argument
        func failed(_ reason: String) -> Failure { Failure(decision: rule.otherwise, reason: reason) }
        /// What cannot be judged is denied, `otherwise` or not.
        func unknown(_ reason: String) -> Failure { Failure(decision: .deny, reason: reason) }
        /// The value, or each element of a list.
        let elements = value.arrayValue ?? [value]

        switch predicate {
        case .oneOf(let allowed):
            // A list may be one of the allowed values as a whole, too.
            if allowed.contains(value) || elements.allSatisfy(allowed.contains) { return nil }
            if allowed.isEmpty { return failed("nothing is on the list for `\(argument)`") }
            let names = allowed.prefix(8).map { "`\($0.stringValue ?? $0.serialized())`" }.joined(
                separator: ", ")
            return failed(
                "`\(argument)` is not on the list; use \(names)\(allowed.count > 8 ? " or another" : "")")
        case .maxLength(let limit):
            for element in elements {
                guard let text = element.stringValue else { return unknown("`\(argument)` is not text") }
                let length = text.unicodeScalars.count
                if length > limit {
                    return failed("`\(argument)` has \(length) characters and may have \(limit); shorten it")
                }
            }
        case .pattern(let pattern):
            for element in elements {
                guard let text = element.stringValue else { return unknown("`\(argument)` is not text") }
                if !pattern.matches(text) {
                    return failed("`\(argument)` does not match `\(pattern.source)`; write it in that form")
                }
            }
        case .hostIn(let hosts):
            for element in elements {
                guard let text = element.stringValue else { return unknown("`\(argument)` is not text") }
                guard let address = try? WebAddress(text) else {
                    return unknown("`\(argument)` is not a plain http or https URL; write it in ASCII, without a user")
                }
                if !hosts.contains(where: { $0.allows(address) }) {
                    let names = hosts.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
                    return failed("`\(argument)` is at another host or port; use \(names)")
                }
            }
        case .max(let limit):
            for element in elements {
                guard let number = element.doubleValue else {
                    return unknown("`\(argument)` is not a number")
                }
                // Written so that a value that is not comparable fails.
                if !(number <= limit) { return failed("`\(argument)` is above \(limit); lower it") }
            }
        case .from(let origins):
            if isFrom(origins, value, check, of: rule.tool) || isAcceptedChoice(argument, rule) { return nil }
            let names = origins.map { "`\($0.rawValue)`" }.joined(separator: " or ")
            return failed(
                "`\(argument)` must come from \(names); refer to such a value instead of writing it")
        case .links(let rule):
            if let reason = foreignLink(in: value, argument: argument, rule) { return failed(reason) }
        case .commands:
            // A path stands for writing to it.
            let words = value.stringValue.map { ["write", $0] } ?? elements.compactMap(\.stringValue)
            guard words.count == (value.stringValue == nil ? elements.count : 2), !words.isEmpty else {
                return unknown("`\(argument)` is no list of words")
            }
            guard let listed = context.lists[id] else {
                return Failure(
                    decision: .ask,
                    reason: "nobody has listed the commands that may run; a person looks at each one")
            }
            // A line `write PATH` lets a file be edited, and no program of that name be run.
            let lines =
                value.stringValue == nil
                ? listed.filter { $0.split(whereSeparator: \.isWhitespace).first != "write" } : listed
            if !CommandPattern.permits(words, by: lines) {
                // Not the words themselves: they may be somebody's text.
                let what = value.stringValue == nil ? "command" : "path to write to"
                return failed(
                    "the \(what) in `\(argument)` is not on the operator's list of commands; add it there to permit it")
            }
        case .under:
            guard value.stringValue != nil else { return unknown("`\(argument)` is not one path") }
            guard let roots = context.roots[id], !roots.isEmpty,
                let path = context.resolvedPaths[argument].flatMap(PathComponents.init)
            else { return unknown("the path in `\(argument)` can't be resolved; name a file that exists") }
            let allowed = roots.compactMap(PathComponents.init)
            guard allowed.count == roots.count else {
                return unknown(
                    "the root that `\(argument)` must lie under can't be resolved; name a folder that exists")
            }
            if !allowed.contains(where: path.lies(under:)) {
                return failed(
                    "`\(argument)` leads outside the folder it must lie under; name a path inside it")
            }
        }
        return nil
    }
}
