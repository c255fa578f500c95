import JSONSchemas

/// What a step that only looks has shown.
struct Examination: Hashable {
    enum Result: Hashable {
        /// It shows a sound machine.
        case passed
        /// It shows the fault.
        case failed
        /// It shows neither.
        case unknown
    }

    var result: Result
    /// One sentence, where there is something to say.
    var reason = ""
    /// Whether the pass rests on a check that shows by itself that nothing is wrong.
    var isStrong = false
    /// Whether a check would have failed, but for its command, which says that it might not write.
    var wasKeptBack = false
    /// What was seen that the guide leaves to a person.
    var surprise: String?
}

extension GuideProcedure {
    /// Does what a step says to look at, and holds it against what the step expects.
    ///
    /// Before the diagnosis nothing was seen yet that could fill a hole; such a command then waits for its turn.
    mutating func examine(
        _ step: GuideStep, why: String, fillsHoles: Bool = true
    ) throws(Stop) -> Examination {
        var files: [String: SettingsFile] = [:]
        for path in Self.filesToRead(step) {
            if let file = try look(path, step, why: why) { files[path] = file }
        }
        var seen: Evidence?
        if let command = guide.command(step.command), fillsHoles || command.holes.isEmpty {
            if list.leavesOut(command) {
                leaveOut(step, command.line.line)
            } else if let refusal = command.refusal {
                note(step, "shown", "`\(command.line.line)` is for a person: \(refusal).")
            } else {
                switch try fill(command, step: step) {
                case .open(let reason): note(step, "shown", "`\(command.line.line)` is for a person: \(reason).")
                case .filled(let words) where list.leavesOut(words, changing: false):
                    leaveOut(step, words.joined(separator: " "))
                case .filled(let words): seen = try check(words, step, why: why)
                }
            }
        }
        var found = judge(step, seen, files)
        if var seen {
            seen.showsFault = found.result == .failed
            if step.kind == .diagnose, found.result == .unknown, let status = seen.status, !seen.isBlind {
                // A diagnosis says nothing of how its command ends when all is well; failing isn't it.
                if status != 0 {
                    found.result = .failed
                    found.reason = "`\(seen.source)` ended with \(seen.ending)."
                    seen.showsFault = true
                } else if step.expects.contains(where: { if case .faultIfSays = $0 { true } else { false } }) {
                    found.result = .passed
                }
            }
            evidence.append(seen)
        }
        return found
    }

    private static func filesToRead(_ step: GuideStep) -> [String] {
        var paths = step.reads
        for case .settingAtLeast(_, let file, _) in step.expects where !paths.contains(file) { paths.append(file) }
        return paths
    }

    private mutating func check(_ words: [String], _ step: GuideStep, why: String) throws(Stop) -> Evidence {
        var action = GuideAction(.check, step, why: why)
        action.argv = words
        let result = try perform(action)
        if let alive = result["alive"]?.boolValue { lives = alive }
        return Evidence(result, of: words.joined(separator: " "))
    }

    /// The settings of a file below the folder; nil where it isn't there.
    mutating func look(_ path: String, _ step: GuideStep, why: String) throws(Stop) -> SettingsFile? {
        var action = GuideAction(.look, step, why: why)
        action.path = path
        let result = try perform(action)
        guard result["exists"]?.boolValue == true, let text = result["text"]?.stringValue else { return nil }
        evidence.append(Evidence(file: path, text: text))
        // Of a file that was cut nobody knows whether a setting stands there twice.
        return SettingsFile(result["cut"]?.boolValue == true ? "" : text)
    }

    private func judge(_ step: GuideStep, _ seen: Evidence?, _ files: [String: SettingsFile]) -> Examination {
        var found = Examination(result: .unknown)
        var faults: [String] = []
        for expectation in step.expects {
            switch meets(expectation, seen, files) {
            case true?:
                if case .faultIfSays(let text) = expectation {
                    found.result = .failed
                    found.reason = "`\(seen?.source ?? "")` says \"\(text)\"."
                } else if found.result != .failed {
                    found.result = .passed
                    found.isStrong = found.isStrong || expectation.isStrong
                }
            case false?:
                found.result = .failed
                found.reason = Self.sentence(expectation, seen)
            case nil: break
            }
            if case .faultIfSays(let text) = expectation { faults.append(text) }
        }
        if found.result == .failed { found.isStrong = false }
        if let seen, seen.wasKeptBack, step.kind == .diagnose || step.expects.contains(where: { $0.isRequirement }) {
            found.wasKeptBack = true
            if found.result != .failed {
                found.reason = "`\(seen.source)` (\(seen.ending)) says that it may not write."
            }
        }
        if let seen, step.expects.contains(.noOtherLines), !seen.isBlind || seen.wasKeptBack,
            found.result == .failed || seen.status != 0
        {
            found.surprise = seen.lines.first { line in
                line.contains { $0.isLetter } && !faults.contains { Expectation.says($0, in: line) }
            }
        }
        return found
    }

    /// Whether an expectation is met; for what shows a fault, whether it is shown. Nil where nothing can be said.
    private func meets(_ expectation: Expectation, _ seen: Evidence?, _ files: [String: SettingsFile]) -> Bool? {
        if case .settingAtLeast(let key, let file, let least) = expectation {
            guard let value = files[file]?.line(key).flatMap({ Int($0.value) }) else { return nil }
            return value >= least
        }
        guard let seen, !seen.isBlind else { return nil }
        switch expectation {
        case .exits(let status): return seen.status == status
        case .silent: return seen.text.allSatisfy(\.isWhitespace)
        case .prints(let text):
            return seen.status == 0 && seen.output.split(whereSeparator: \.isNewline).contains { $0.trimmed == text }
        case .says(let text): return Expectation.says(text, in: seen.text)
        case .lists(let text):
            let name = text.split(separator: "/").last.map(String.init) ?? text
            return seen.text.split(whereSeparator: \.isWhitespace).contains { $0 == name || $0.hasSuffix("/" + name) }
        case .printsEditedValue:
            guard let value = edited.last?.old.value else { return nil }
            return seen.status == 0 && String(seen.output.trimmed) == value
        // Text that speaks of a fault counts only where it is shown; its absence alone proves nothing.
        case .faultIfSays(let text): return Expectation.says(text, in: seen.text) ? true : nil
        case .noOtherLines, .words, .settingAtLeast: return nil
        }
    }

    private static func sentence(_ expectation: Expectation, _ seen: Evidence?) -> String {
        let source = seen.map { "`\($0.source)` (\($0.ending))" } ?? "the file"
        switch expectation {
        case .exits(let status): return "\(source) must exit with \(status)."
        case .silent: return "\(source) must be silent."
        case .prints(let text): return "\(source) must print `\(text)`."
        case .says(let text): return "\(source) must say `\(text)`."
        case .lists(let text): return "\(source) must show `\(text)`."
        case .printsEditedValue: return "\(source) must print the value that was there before."
        case .settingAtLeast(let key, let file, let least): return "`\(key)` in `\(file)` must be at least \(least)."
        case .faultIfSays(let text): return "\(source) says `\(text)`."
        case .noOtherLines, .words: return "\(source) isn't as it must be."
        }
    }

    // MARK: Conditions

    enum Answer: Hashable {
        case yes, no, unsure
    }

    /// Whether a condition of the guide holds: by what was seen where that settles it, else by a model's closed choice.
    mutating func holds(_ condition: String, step: GuideStep?) throws(Stop) -> Answer {
        let text = condition.lowercased()
        if text.contains(/\b(process|service|program|daemon|pid)\b/) {
            let dead = text.contains(/\b(dead|gone|not (running|alive)|no longer|stale|does not (run|live|exist))\b/)
            let alive = text.contains(/\b(lives?|alive|running|runs|exists)\b/) && !dead
            if dead || alive, let lives { return lives == alive ? .yes : .no }
        }
        // A condition in the words of what the diagnosis looked for is settled by what it saw.
        let words = Set(text.split { !$0.isLetter && !$0.isNumber })
        for case .faultIfSays(let phrase) in guide.steps.flatMap(\.expects)
        where Set(phrase.lowercased().split { !$0.isLetter && !$0.isNumber }).isSubset(of: words) {
            let isSeen = evidence.contains { $0.status != nil && Expectation.says(phrase, in: $0.text) }
            if isSeen, !text.contains(/\b(no|not|never)\b/) { return .yes }
        }
        // Whether one known name is near a misspelt one is settled where the edit is worked out; it escalates itself.
        if text.contains(/\b(key|keys|setting|settings|option|options)\b/),
            guide.steps.contains(where: { $0.edits.contains(.rename) })
        {
            return .no
        }
        var action = GuideAction(.choose, step, why: "The guide makes a difference here.")
        action.question = "Does this hold: \(condition)?"
        action.evidence = summary(of: evidence, limit: 1_200)
        action.options = [("yes", "yes, what was seen shows it"), ("no", "no, what was seen shows the opposite")]
        let answer = try perform(action)["value"]?["answer"]?.stringValue
        return answer == "yes" ? .yes : answer == "no" ? .no : .unsure
    }

    func summary(of evidence: [Evidence], limit: Int) -> String {
        var text = ""
        for item in evidence.suffix(8) {
            text +=
                "\(item.source): \(item.text.split(whereSeparator: \.isNewline).prefix(12).joined(separator: "\n"))\n"
        }
        return String(text.suffix(limit))
    }
}

extension StringProtocol {
    /// Without white space at its ends.
    var trimmed: SubSequence {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
