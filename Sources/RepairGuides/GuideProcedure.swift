public import JSONSchemas

/// Carries a guide out, one action after the other: looks before, acts, looks after, and goes back when a check fails.
///
/// It does nothing itself and remembers nothing: given the turns so far it works out the same way to the place where
/// they end, and says what comes next. So a resumed run and an unbroken one do the same.
public struct GuideProcedure {
    /// Why the way ends.
    enum Stop: Error {
        /// This comes next.
        case pending(GuideAction)
        /// A person's answer is missing.
        case waiting
        /// The repair can't go on.
        case halted(GuideVerdict, String)
    }

    let guide: Guide
    let past: [JSONValue]
    let list: OperatorList
    var position = 0
    var entries: [JSONValue] = []
    var evidence: [Evidence] = []
    /// Whether the last process asked after lives.
    var lives: Bool?
    var changed = false
    var hasSnapshot = false
    /// The edits made: the old and the new line.
    var edited: [(old: SettingsFile.Line, newKey: String)] = []
    var answers: [String: String] = [:]
    /// The steps that were left out, in whole or in part, because the operator doesn't list what they ask for.
    var leftOut: Set<String> = []

    /// The next action, given the turns so far.
    public static func next(
        _ guide: Guide, after past: [JSONValue], list: OperatorList = OperatorList()
    ) -> JSONValue {
        var procedure = GuideProcedure(guide: guide, past: past, list: list)
        switch procedure.outcome() {
        case .pending(let action): return action.json
        case .waiting: return end(.waiting, "A question waits for a person.")
        case .halted(let verdict, let reason): return end(verdict, reason)
        }
    }

    /// What was done and how it ended; `list` has to be what ``next(_:after:list:)`` got.
    public static func record(
        _ guide: Guide, _ past: [JSONValue], list: OperatorList = OperatorList()
    ) -> JSONValue {
        var procedure = GuideProcedure(guide: guide, past: past, list: list)
        let (verdict, ending): (GuideVerdict, String) =
            switch procedure.outcome() {
            case .pending: (.escalated, "The repair took more turns than it may.")
            case .waiting: (.waiting, "A question waits for a person.")
            case .halted(let verdict, let reason): (verdict, reason)
            }
        var reason = ending
        if !procedure.leftOut.isEmpty {
            let count = procedure.leftOut.count == 1 ? "One step was" : "\(procedure.leftOut.count) steps were"
            reason += " \(count) left out, because the operator's list doesn't permit what the guide asks for there."
        }
        return [
            "verdict": .string(verdict.rawValue), "reason": .string(reason), "counts": procedure.counts,
            "entries": .array(procedure.entries), "follow_ups": .array(procedure.followUps(verdict, reason)),
        ]
    }

    /// How many turns a guide may take.
    public static func turnLimit(of guide: Guide) -> Int {
        // Before and after, each step looks, reads its files, chooses and acts at most a few times.
        min(400, 20 + guide.steps.count * 8 + guide.cautions.count)
    }

    private static func end(_ verdict: GuideVerdict, _ reason: String) -> JSONValue {
        var object = GuideAction(.end, nil, why: reason).json.objectValue ?? JSONObject()
        object["verdict"] = .string(verdict.rawValue)
        return .object(object)
    }

    private init(guide: Guide, past: [JSONValue], list: OperatorList) {
        self.guide = guide
        self.list = list
        self.past = past.filter { $0["next"]?["action"]?["do"]?.stringValue != "end" }
    }

    private mutating func outcome() -> Stop {
        do throws(Stop) {
            try carryOut()
        } catch {
            guard case .halted(let verdict, let reason) = error, changed, verdict != .repaired, verdict != .unverified
            else { return error }
            do throws(Stop) {
                try putBack()
                return .halted(verdict, reason + " The folder was put back as it was.")
            } catch {
                return error
            }
        }
    }

    // MARK: The way

    private mutating func carryOut() throws(Stop) -> Never {
        let order = guide.order
        let firstChange = order.firstIndex { $0.kind == .mitigate } ?? order.endIndex
        let lastChange = order.lastIndex { $0.kind == .mitigate } ?? order.endIndex
        let closing = closingSteps(order, lastChange)

        // 1. Nothing is repaired that isn't broken.
        var before: [Examination] = []
        for step in closing {
            before.append(
                try examine(step, why: "Is the fault there at all? The guide's own check says.", fillsHoles: false))
        }
        let passes = before.filter { $0.result == .passed }
        let hasFailed = before.contains { $0.result == .failed }
        // A check that could not be made may be the one that shows it.
        let isOpen = before.contains { $0.wasKeptBack }
        if !hasFailed, !isOpen, passes.contains(where: \.isStrong) {
            throw .halted(.notNeeded, "The checks of the guide pass; there is nothing to repair.")
        }

        // 2. Diagnosis.
        var diagnosis: [(step: GuideStep, found: Examination)] = []
        for step in order[..<min(firstChange, order.endIndex)] where step.kind == .diagnose {
            let found = try examine(step, why: "Diagnosis comes before any change.")
            diagnosis.append((step, found))
            if let surprise = found.surprise {
                throw .halted(.escalated, "The guide says to escalate: \(surprise)")
            }
        }
        let isInTrouble = diagnosis.contains { $0.found.result == .failed }
        let isSound = diagnosis.contains { $0.found.result == .passed }
        if !hasFailed, !isInTrouble, !isOpen, !passes.isEmpty || isSound {
            throw .halted(.notNeeded, "The checks of the guide pass; there is nothing to repair.")
        }
        guard firstChange < order.endIndex else {
            throw .halted(.escalated, "The guide has no step that changes anything; a person decides what to do.")
        }
        if !hasFailed, !isInTrouble {
            let isThere = try confirms(
                "No check of the guide could tell whether the fault is there. Approve if you see it, to go on; deny to stop.",
                order[firstChange])
            guard isThere else {
                throw .halted(.escalated, "No check of the guide could tell whether the fault is there.")
            }
        }
        for caution in guide.cautions {
            guard let condition = caution.stopsIf else { continue }
            let hasToStop: Bool
            switch try holds(condition, step: nil) {
            case .yes: hasToStop = true
            case .no: hasToStop = false
            case .unsure:
                hasToStop =
                    !(try confirms(
                        "The guide says: \(caution.quote.line) Approve if that isn't so, to go on; deny to stop.",
                        order[firstChange]))
            }
            if hasToStop { throw .halted(.escalated, "The guide says to stop: \(caution.quote.line)") }
        }
        for caution in guide.cautions where !caution.unheld.isEmpty {
            let names = caution.unheld.map { "`\($0)`" }.joined(separator: ", ")
            let isKept = try confirms(
                "The guide says: \(caution.quote.line) No check can hold \(names). "
                    + "Approve if the steps keep to it, to go on; deny to stop.",
                order[firstChange])
            guard isKept else {
                throw .halted(.escalated, "A person said no where the guide says: \(caution.quote.line)")
            }
        }

        // 3. Changes, with the checks between them.
        for step in order[firstChange...lastChange] {
            switch step.kind {
            case .mitigate: try mitigate(step)
            case .diagnose: _ = try examine(step, why: "The guide looks again here.")
            case .verify:
                let found = try examine(step, why: "The guide checks here before it goes on.")
                if found.result == .failed {
                    throw .halted(.notRepaired, "A check of the guide failed: \(found.reason)")
                }
                if found.wasKeptBack {
                    throw .halted(.notRepaired, "A check of the guide could not be made: \(found.reason)")
                }
            case .escalate: break
            }
        }

        // 4. Only the guide's checks say whether it is repaired.
        var after: [Examination] = []
        for step in closing { after.append(try examine(step, why: "Is it repaired? The guide's own check says.")) }
        // What showed the fault has to show it no more, unless a strong check settles it.
        if !after.contains(where: { $0.result == .passed && $0.isStrong }) {
            for (step, found) in diagnosis where found.result == .failed {
                after.append(try examine(step, why: "This showed the fault before."))
            }
        }
        if let failed = after.first(where: { $0.result == .failed }) {
            throw .halted(.notRepaired, "A check of the guide still fails: \(failed.reason)")
        }
        guard after.contains(where: { $0.result == .passed }) else {
            throw .halted(.unverified, "Nothing in the guide shows whether the fault is gone; a person has to look.")
        }
        if let open = after.first(where: { $0.wasKeptBack }) {
            throw .halted(.unverified, "A check of the guide could not be made: \(open.reason)")
        }
        throw .halted(.repaired, "The checks of the guide failed before and pass now.")
    }

    private func closingSteps(_ order: [GuideStep], _ lastChange: Int) -> [GuideStep] {
        let all = order.filter { $0.kind == .verify }
        guard lastChange < order.endIndex else { return all }
        let late = order[(lastChange + 1)...].filter { $0.kind == .verify }
        return late
    }

    // MARK: Changing

    private mutating func mitigate(_ step: GuideStep) throws(Stop) {
        if let command = guide.command(step.command), list.leavesOut(command) {
            return leaveOut(step, command.line.line)
        }
        let hazards = step.hazards.compactMap { id in guide.cautions.first { $0.id == id }?.quote.line }
        if let condition = step.onlyIf {
            let isMet: Bool
            switch try holds(condition, step: step) {
            case .yes: isMet = true
            case .no: isMet = false
            case .unsure:
                isMet = try confirms(
                    "Does this hold: \(condition)? Approve if it does; deny to leave the step out.", step)
            }
            guard isMet else {
                note(step, "left out", "Its condition doesn't hold: \(condition).")
                return
            }
        }
        if !step.edits.isEmpty {
            guard try edit(step, hazards) else { return }
        }
        guard let command = guide.command(step.command) else {
            if step.edits.isEmpty { try leave(step, hazards, "Only a person can do this step.") }
            return
        }
        if let refusal = command.refusal {
            try leave(step, hazards, "Only a person can run `\(command.line.line)`: \(refusal).")
            return
        }
        let words: [String]
        switch try fill(command, step: step) {
        case .filled(let filled): words = filled
        case .open(let reason):
            try leave(step, hazards, "`\(command.line.line)` can't be completed: \(reason).")
            return
        }
        if list.leavesOut(words, changing: true) { return leaveOut(step, words.joined(separator: " ")) }
        if list.onlyLooks(words) {
            throw .halted(
                .escalated,
                "`\(words.joined(separator: " "))` may change something, and the operator's list has only its program; "
                    + "list the words, or `\(words[0]) ...`.")
        }
        try holdBack(words, step)
        try keepCopy(step)
        var action = GuideAction(.run, step, why: evidenceLine)
        action.argv = words
        action.hazards = hazards
        changed = true
        let result = try perform(action)
        let finding = Evidence(result, of: words.joined(separator: " "))
        evidence.append(finding)
        try refuseForbiddenChanges(result)
        guard finding.status == 0 else {
            throw .halted(.notRepaired, "`\(words.joined(separator: " "))` failed: \(finding.ending).")
        }
    }

    /// Leaves out what the operator doesn't list.
    mutating func leaveOut(_ step: GuideStep, _ what: String) {
        leftOut.insert(step.id)
        note(step, "left out", "`\(what)` is not on the operator's list.")
    }

    /// Leaves a step to a person, who says when it is done.
    private mutating func leave(_ step: GuideStep, _ hazards: [String], _ reason: String) throws(Stop) {
        let isDone = try confirms("\(reason) Approve when you have done it; deny to stop.", step, hazards)
        guard isDone else { throw .halted(.escalated, "A step was not done. \(reason)") }
    }

    /// Whether a person says yes.
    private mutating func confirms(
        _ question: String, _ step: GuideStep, _ hazards: [String] = []
    ) throws(Stop) -> Bool {
        var action = GuideAction(.confirm, step, why: evidenceLine)
        action.question = question
        action.hazards = hazards
        let result = try perform(action)
        guard let isApproved = result["approved"]?.boolValue else { throw .waiting }
        return isApproved
    }

    /// Makes a step's edits; false where one was left out, and then what follows in the step is left out too.
    private mutating func edit(_ step: GuideStep, _ hazards: [String]) throws(Stop) -> Bool {
        for edit in step.edits {
            guard let change = try findEdit(edit, step) else { continue }
            if list.leavesOutEdit(of: change.path) {
                leaveOut(step, "write \(change.path)")
                return false
            }
            try keepCopy(step)
            var action = GuideAction(.edit, step, why: change.why)
            action.path = change.path
            action.oldLine = change.old.text
            action.newLine = change.newLine
            action.hazards = hazards
            changed = true
            let result = try perform(action)
            guard result["replaced"]?.boolValue == true else {
                let reason = result["reason"]?.stringValue ?? "the line isn't there"
                throw .halted(.notRepaired, "`\(change.path)` could not be edited: \(reason).")
            }
            edited.append((change.old, change.newKey))
            try refuseForbiddenChanges(result)
        }
        return true
    }

    /// Holds a command against the warnings that need no judgement.
    private mutating func holdBack(_ words: [String], _ step: GuideStep) throws(Stop) {
        let line = words.joined(separator: " ")
        let paths = words.compactMap { FolderPath(word: $0) }
        for caution in guide.cautions {
            // A path elsewhere isn't protected, and a command that names it is held back all the same.
            let elsewhere = caution.unheld.first { $0.contains("/") && words.contains($0) }
            if let path = caution.firstProtected(among: paths)?.text ?? elsewhere {
                throw .halted(.escalated, "`\(line)` touches `\(path)`, and the guide says: \(caution.quote.line)")
            }
            guard let forbidden = caution.forbids, Self.does(forbidden.verb, words) else { continue }
            for path in settingsFiles(step) {
                let file = try look(path, step, why: "The guide warns: \(caution.quote.line)")
                if file?.line(forbidden.key)?.value == forbidden.value {
                    throw .halted(
                        .escalated,
                        "`\(forbidden.key)` is still \(forbidden.value) in `\(path)`, and the guide says: \(caution.quote.line)"
                    )
                }
            }
        }
    }

    /// Whether a command's program, or a bare word of it, is the verb that a warning names.
    private static func does(_ verb: String, _ words: [String]) -> Bool {
        let program = words.first?.split(separator: "/").last.map(String.init) ?? ""
        let bare = words.dropFirst().filter { !$0.contains("/") && !$0.contains(".") && !$0.contains(" ") }
        return ([program] + bare).contains { $0.lowercased().hasPrefix(verb.prefix(5)) }
    }

    private func refuseForbiddenChanges(_ result: JSONValue) throws(Stop) {
        let paths = (result["changes"]?.arrayValue ?? []).compactMap { change in
            change["path"]?.stringValue.flatMap { FolderPath($0) }
        }
        for caution in guide.cautions {
            if let path = caution.firstProtected(among: paths) {
                throw .halted(.escalated, "`\(path.text)` was changed, and the guide says: \(caution.quote.line)")
            }
        }
        // What isn't listed may be what a caution protects.
        guard let cut = result["changes_cut"]?.intValue, cut > 0,
            let caution = guide.cautions.first(where: { !$0.protects.isEmpty }), let path = caution.protects.first
        else { return }
        throw .halted(
            .escalated,
            "\(cut) more changes were made than are listed, so nothing shows that `\(path)` is as it was, "
                + "and the guide says: \(caution.quote.line)")
    }

    private mutating func keepCopy(_ step: GuideStep) throws(Stop) {
        guard !hasSnapshot else { return }
        let result = try perform(GuideAction(.snapshot, step, why: "Before the first change the folder is copied."))
        guard result["kept"]?.boolValue == true else {
            let reason = result["reason"]?.stringValue ?? "no reason was given"
            throw .halted(.escalated, "No copy of the folder could be kept: \(reason).")
        }
        hasSnapshot = true
    }

    private mutating func putBack() throws(Stop) {
        changed = false
        let result = try perform(GuideAction(.restore, nil, why: "A check failed; the folder is put back."))
        guard result["restored"]?.boolValue == true else {
            throw .halted(.escalated, "The folder could not be put back; a person has to look at once.")
        }
    }

    // MARK: The record

    /// The result of an action that was taken; stops where none is recorded yet.
    mutating func perform(_ action: GuideAction) throws(Stop) -> JSONValue {
        guard position < past.count else { throw .pending(action) }
        let turn = past[position]
        position += 1
        guard turn["next"]?["action"]?["identity"]?.stringValue == action.identity else {
            throw .halted(.escalated, "The record of the repair doesn't fit the guide.")
        }
        let result = turn[action.slot] ?? .null
        entries.append(entry(action, result))
        switch result["state"]?.stringValue {
        case "proposed", "dry_run":
            if action.kind == .run || action.kind == .edit { changed = false }
            throw .waiting
        case "denied":
            if action.kind == .run || action.kind == .edit { changed = entries.contains { $0["changed"] == true } }
            throw .halted(.escalated, "The policy refused: \(result["reason"]?.stringValue ?? "").")
        case "declined":
            if action.kind == .run || action.kind == .edit { changed = entries.contains { $0["changed"] == true } }
            throw .halted(.escalated, "A person said no: \(result["reason"]?.stringValue ?? "")")
        default: return result
        }
    }

    private func entry(_ action: GuideAction, _ result: JSONValue) -> JSONValue {
        var object = action.json.objectValue ?? JSONObject()
        object["identity"] = nil
        // Every entry has every member, so that a report can name each.
        for name in Self.entryMembers where object[name] == nil { object[name] = .null }
        object["number"] = .integer(entries.count + 1)
        let state = result["state"]?.stringValue
        let changes = result["changes"]?.arrayValue ?? []
        object["state"] = .string(state ?? "done")
        object["changed"] = .bool(!changes.isEmpty)
        object["changes"] = .array(changes)
        object["changes_cut"] = result["changes_cut"] ?? .null
        switch action.kind {
        case .check, .run:
            let found = Evidence(result, of: "")
            object["ending"] = .string(found.ending)
            object["command"] = .string(action.argv.joined(separator: " "))
            object["exit"] = found.status.map { .integer($0) } ?? .null
            object["output"] = .string(String(found.text.prefix(1_000)))
            object["approved_by"] = result["approved_by"] ?? "policy"
        case .look:
            object["output"] = .string(String((result["text"]?.stringValue ?? "(not there)").prefix(1_000)))
        case .edit:
            object["output"] = .string("- \(action.oldLine)\n+ \(action.newLine)")
            object["approved_by"] = result["approved_by"] ?? "policy"
        case .choose:
            object["output"] = result["value"]?["answer"] ?? .null
            object["confidence"] = result["confidence"]?["/answer"] ?? .null
        case .confirm:
            let isApproved = result["approved"]?.boolValue
            object["output"] = .string(isApproved == nil ? "not answered yet" : isApproved == true ? "yes" : "no")
            object["approved_by"] = result["person"] ?? .null
            if isApproved == nil { object["state"] = "proposed" }
        case .snapshot, .restore, .end: break
        }
        return .object(object)
    }

    mutating func note(_ step: GuideStep, _ what: String, _ reason: String) {
        var object: JSONObject = [
            "number": .integer(entries.count + 1), "do": .string(what), "step": .string(step.id),
            "kind": .string(step.kind.rawValue), "instruction": .string(step.instruction.line),
            "why": .string(reason), "state": "done", "changed": false, "hazards": [], "changes": [],
        ]
        for name in Self.entryMembers where object[name] == nil { object[name] = .null }
        entries.append(.object(object))
    }

    private static let entryMembers = [
        "command", "path", "question", "evidence", "options", "exit", "ending", "output", "confidence", "approved_by",
        "changes_cut",
    ]

    /// The last thing seen that speaks for a change, for the person who is asked.
    private var evidenceLine: String {
        guard let last = evidence.last(where: { ($0.status ?? 0) != 0 || $0.showsFault }) ?? evidence.last else {
            return ""
        }
        let text = last.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return "`\(last.source)` ended with \(last.ending)\(text.isEmpty ? "" : ": \(text.prefix(200))")"
    }
}
