import JSONSchemas

extension GuideProcedure {
    enum Filling: Hashable {
        case filled([String])
        /// It stays open; the reason is the rest of a sentence.
        case open(String)
    }

    /// The most candidates that are put before a model.
    private static let candidateLimit = 8

    /// Fills the holes of a command from what was seen.
    mutating func fill(_ command: GuideCommand, step: GuideStep) throws(Stop) -> Filling {
        var values: [String: String] = [:]
        for hole in command.holes {
            let tiers = candidates(for: hole)
            guard let best = tiers.first(where: { !$0.isEmpty }) else {
                return .open("nothing that was seen fits `\(hole.name)`")
            }
            if best.count == 1 {
                values[hole.name] = best[0]
            } else if best.count > Self.candidateLimit {
                return .open("too many things fit `\(hole.name)`")
            } else if let known = answers[hole.name + "\u{1F}" + best.joined(separator: "\u{1F}")] {
                values[hole.name] = known
            } else {
                var action = GuideAction(.choose, step, why: "More than one thing that was seen fits `\(hole.name)`.")
                action.question = "Which \(hole.name) is meant in: \(step.instruction.line.prefix(300))"
                action.evidence = summary(of: evidence, limit: 1_200)
                action.options = best.map { value in (value, line(with: value).map { "\(value), from: \($0)" } ?? value)
                }
                guard let answer = try perform(action)["value"]?["answer"]?.stringValue, best.contains(answer) else {
                    return .open("it isn't sure which `\(hole.name)` is meant")
                }
                answers[hole.name + "\u{1F}" + best.joined(separator: "\u{1F}")] = answer
                values[hole.name] = answer
            }
        }
        guard let words = command.words(filling: values) else {
            return .open("a value doesn't fit its hole")
        }
        return .filled(words)
    }

    /// What fits a hole, surest first: what was just edited, what stands behind the hole's own name, what a line that
    /// shows the fault names last, and then everything of that kind.
    private func candidates(for hole: GuideCommand.Hole) -> [[String]] {
        var edited: [String] = []
        if hole.name.hasSuffix("KEY"), let last = self.edited.last { edited = [last.newKey] }
        var labelled: [String] = []
        var named: [String] = []
        var all: [String] = []
        let label = (hole.name.split(separator: "_").last.map(String.init) ?? hole.name).lowercased()
        let phrases = guide.steps.flatMap(\.expects).compactMap { expectation -> String? in
            if case .faultIfSays(let text) = expectation { text } else { nil }
        }
        for item in evidence {
            for line in item.lines {
                let words = Self.words(of: line)
                for (index, word) in words.enumerated() where hole.admits(word) {
                    if index > 0, words[index - 1].lowercased() == label { labelled.append(word) }
                    if hole.kind != .word { all.append(word) }
                }
                if hole.kind == .word, phrases.contains(where: { Expectation.says($0, in: line) }),
                    let phrase = phrases.first(where: { Expectation.says($0, in: line) }),
                    let word = Self.wordBehind(phrase, in: words), hole.admits(word)
                {
                    named.append(word)
                }
            }
        }
        return [edited, labelled, named, all].map { list in
            var seen: Set<String> = []
            return list.filter { hole.admits($0) && seen.insert($0).inserted }
        }
    }

    /// The word right behind the last word of `phrase`.
    private static func wordBehind(_ phrase: String, in words: [String]) -> String? {
        guard let last = Self.words(of: phrase).last?.lowercased(),
            let place = words.lastIndex(where: { $0.lowercased() == last }), place + 1 < words.count
        else { return nil }
        return words[place + 1]
    }

    static func words(of line: String) -> [String] {
        line.split { character in
            !(character.isLetter || character.isNumber || character == "_" || character == "-" || character == "."
                || character == "/" || character == "@")
        }
        .map { String($0).trimmedStop }.filter { !$0.isEmpty }
    }

    private func line(with word: String) -> String? {
        for item in evidence {
            if let line = item.lines.first(where: { Self.words(of: $0).contains(word) }) {
                return String(line.prefix(160))
            }
        }
        return nil
    }

    // MARK: Edits

    struct FoundEdit {
        let path: String
        let old: SettingsFile.Line
        let newLine: String
        let newKey: String
        let why: String
    }

    /// Files that may hold settings: the step's own, then all that the guide names.
    func settingsFiles(_ step: GuideStep) -> [String] {
        let texts =
            [step.instruction.text] + guide.steps.map(\.instruction.text) + guide.cautions.map(\.quote.text)
            + [guide.appliesTo, guide.symptom, guide.title]
        var paths = guide.steps.flatMap(\.reads)
        for text in texts {
            let bytes = Array(text.utf8)
            for span in CodeSpans(bytes, bytes.indices).spans {
                let words = span.text.split(separator: " ").map(String.init)
                paths += words.filter {
                    CodeSpans.isPath($0) && $0.contains(/\.(conf|cfg|ini|env|properties|toml|yaml|yml|settings)$/)
                }
            }
        }
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }
    }

    /// Works out one edit; nil where the setting is as it should be already.
    mutating func findEdit(_ edit: GuideStep.Edit, _ step: GuideStep) throws(Stop) -> FoundEdit? {
        var files: [(path: String, file: SettingsFile)] = []
        for path in settingsFiles(step).prefix(6) {
            if let file = try look(path, step, why: "The step asks for an edit; the setting is looked for.") {
                files.append((path, file))
            }
        }
        switch edit {
        case .set(let key, let value):
            let places = files.compactMap { place in place.file.line(key).map { (place.path, $0) } }
            guard places.count == 1, let (path, line) = places.first else {
                throw .halted(
                    .escalated, "The setting `\(key)` stands in \(places.count) files; it has to be in exactly one.")
            }
            if line.value == value { return nil }
            return FoundEdit(
                path: path, old: line, newLine: line.setting(value), newKey: key,
                why: "The guide sets `\(key)` to `\(value)`; it is `\(line.value)`.")
        case .rename:
            return try findRename(files, step)
        }
    }

    /// A key that a failing check names and that is in a file, and the one known name that is near it.
    private mutating func findRename(
        _ files: [(path: String, file: SettingsFile)], _ step: GuideStep
    ) throws(Stop) -> FoundEdit {
        let commands = evidence.filter { $0.status != nil }
        let blamed = Set(commands.filter(\.showsFault).flatMap { $0.lines.flatMap(Self.words) })
        let known = Set(commands.filter { !$0.showsFault }.flatMap { $0.lines.flatMap(Self.words) })
        let mentioned = blamed.union(known)
        var found: [(path: String, line: SettingsFile.Line, names: [String])] = []
        for (path, file) in files {
            let keys = Set(file.lines.map(\.key))
            for line in file.lines where blamed.contains(line.key) && !known.contains(line.key) {
                let limit = max(1, min(3, line.key.count / 3))
                let names = mentioned.filter { name in
                    !keys.contains(name) && Spelled.distance(name, line.key) <= limit
                }
                found.append((path, line, names.sorted()))
            }
        }
        guard found.count == 1, let only = found.first, file(files, only.path)?.line(only.line.key) != nil else {
            throw .halted(
                .escalated, "\(found.count) keys could be the misspelt one; it has to be exactly one.")
        }
        guard only.names.count == 1, let name = only.names.first else {
            throw .halted(.escalated, "\(only.names.count) known keys look like `\(only.line.key)`.")
        }
        return FoundEdit(
            path: only.path, old: only.line, newLine: only.line.renamed(name), newKey: name,
            why: "A check names `\(only.line.key)`; the known key `\(name)` is nearest and missing.")
    }

    private func file(_ files: [(path: String, file: SettingsFile)], _ path: String) -> SettingsFile? {
        files.first { $0.path == path }?.file
    }
}
