import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import WorkflowFormat

/// What a journal says about the calls that were decided on, read entry by entry.
struct DecisionRecord {
    /// A recorded decision with everything it was made from.
    struct Decided {
        let call: Labelled<ToolCall>
        let context: PolicyContext
        let decision: PolicyDecision
        let rule: String
        let policyVersion: String
    }

    let run: RunID
    /// The inputs' values at this point of the journal.
    private(set) var values: [String: JSONValue] = [:]
    private var proposals: [String: JSONValue] = [:]
    /// What the trusted inputs say at this point, and the goals of agents by the addresses of their calls.
    private var texts: [String]
    private var goals: [String: String] = [:]
    private var editedSteps: Set<String> = []
    private var lookups: [(call: ToolCall, result: JSONValue, step: String, labels: [String: Label])] = []
    private var tasks: [String: TypedMatch] = [:]
    private var ledger: (handles: HandleLedger, count: Int, policy: String) = (HandleLedger(), 0, "")
    private let fields: JSONObject
    private let folder: String
    /// Where relative paths of the command begin.
    private let base: String
    private let hasValues: Bool

    init(run: RunID, parameters: JSONValue) {
        self.run = run
        folder = parameters["folder"]?.stringValue ?? "/"
        base = parameters["base"]?.stringValue ?? "/"
        fields = ["id": .string(run.description), "directory": parameters["directory"] ?? .null]
        texts = Self.strings(parameters["task"])
        hasValues = parameters["values"]?.objectValue != nil
        setValues(parameters["values"])
    }

    private mutating func setValues(_ value: JSONValue?) {
        guard let object = value?.objectValue else { return }
        values = Dictionary(object.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Takes the next entry in; true when the inputs' values are others from here on.
    mutating func take(_ entry: JournalEntry) throws(DecisionReplayError) -> Bool {
        switch entry.kind {
        case .callProposed: proposals[entry.step] = entry.body
        case .callDecided: goals[entry.step] = entry.body["goal"]?.stringValue
        case .approvalRecorded:
            if entry.body["edited"]?.isNull ?? true {
                editedSteps.remove(entry.step)
            } else {
                editedSteps.insert(entry.step)
            }
        case .observationRecorded: takeLookup(entry)
        case .runResumed where entry.body["values"] != nil:
            setValues(entry.body["values"])
            texts = Self.strings(entry.body["task"])
            tasks = [:]
            ledger = (HandleLedger(), 0, "")
            return true
        default: break
        }
        return false
    }

    private mutating func takeLookup(_ entry: JournalEntry) {
        // What a person made of a call is not what was proposed.
        guard !editedSteps.contains(entry.step), let proposed = proposals[entry.step],
            let call = ToolCall(fromJSON: proposed),
            let result = entry.body["observation"].flatMap(Observation.init(fromJSON:))?.value
        else { return }
        var labels: [String: Label] = [:]
        for (argument, label) in proposed["labels"]?.objectValue ?? JSONObject() {
            labels[argument] = Label(recorded: label)
        }
        lookups.append((call, result, entry.step, labels))
    }

    private mutating func task(at step: String) -> TypedMatch {
        let goal = goals[step]
        if let known = tasks[goal ?? ""] { return known }
        let made = TypedMatch(texts + (goal.map { [$0] } ?? []))
        tasks[goal ?? ""] = made
        return made
    }

    /// What the lookups before this point vouch for by a policy.
    private mutating func handles(by policy: Policy) -> HandleLedger {
        if ledger.policy != policy.version { ledger = (HandleLedger(), 0, policy.version) }
        for lookup in lookups[ledger.count...] {
            let rules = policy.vouches(for: lookup.call.tool)
            guard !rules.isEmpty else { continue }
            ledger.handles.observe(
                lookup.call, result: lookup.result, at: lookup.step, rules: rules, task: task(at: lookup.step),
                labels: lookup.labels)
        }
        ledger.count = lookups.count
        return ledger.handles
    }

    private static func strings(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// The context of a decision for deciding by `policy`: as it was recorded for the policy that decided then, else
    /// with what the rest of the record says.
    mutating func context(of decided: Decided, for policy: Policy) -> PolicyContext {
        if decided.policyVersion == policy.version { return decided.context }
        return lookUp(decided.call.value, for: policy, in: decided.context)
            .with(task: task(at: decided.context.address), handles: handles(by: policy))
    }

    /// The decision that an entry holds.
    func decision(_ entry: JournalEntry) throws(DecisionReplayError) -> Decided {
        func unusable(_ reason: String) -> DecisionReplayError {
            DecisionReplayError(run, "entry \(entry.sequence), step `\(entry.step)`, \(reason)")
        }
        guard hasValues, let written = entry.body["context"] else {
            throw unusable("was recorded before decisions could be made again: it does not say what it was made from")
        }
        guard let proposal = proposals[entry.step], let tool = proposal["tool"]?.stringValue,
            let arguments = (entry.body["arguments"] ?? proposal["arguments"])?.objectValue,
            let label = proposal["label"].flatMap(Label.init(fromJSON:)),
            let labels = (entry.body["labels"] ?? proposal["labels"]).flatMap(Label.recorded),
            let context = PolicyContext(
                fromJSON: written, run: run.description, address: entry.step, argumentLabels: labels),
            let ruling = CallView.Ruling(fromJSON: entry.body)
        else { throw unusable("is not readable as a decision") }
        return Decided(
            call: Labelled(ToolCall(tool: tool, arguments: arguments), label: label), context: context,
            decision: ruling.decision, rule: ruling.rule, policyVersion: ruling.policyVersion)
    }

    /// The context with the roots and lists of another policy, from the inputs as they were recorded.
    ///
    /// Paths are put together by their text: what links led to is known only for what was recorded. A root that can't
    /// be told is left out, and `under` then denies.
    private func lookUp(_ call: ToolCall, for policy: Policy, in context: PolicyContext) -> PolicyContext {
        let scope = Scope(
            inputs: values.mapValues { StepResult($0, label: Label(integrity: .untrusted)) }, run: fields)
        var roots: [String: [String]] = [:]
        for (rule, _, template) in policy.roots(for: call.tool) {
            guard let value = try? scope.evaluate(template).value else { continue }
            for text in (value.arrayValue ?? [value]).compactMap(\.stringValue) {
                roots[rule, default: []].append(PathResolution.plainPath(text, in: folder))
            }
        }
        var paths = context.resolvedPaths
        for (_, argument, _) in policy.roots(for: call.tool) where paths[argument] == nil {
            paths[argument] = call.arguments[argument]?.stringValue.map { PathResolution.plainPath($0, in: base) }
        }
        var lists: [String: [String]] = [:]
        for (rule, template) in policy.lists(for: call.tool) {
            guard let list = try? scope.evaluate(template).value.arrayValue else { continue }
            lists[rule] = list.compactMap(\.stringValue)
        }
        return context.with(paths: paths).with(roots: roots, lists: lists)
    }
}
