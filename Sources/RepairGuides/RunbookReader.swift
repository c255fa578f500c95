import Documents

/// Takes a Markdown runbook apart: what its headings, lists and code show is settled here, and what is left open is
/// marked for a model's closed choice. Every piece is cut, never written.
public struct RunbookReader {
    /// The most parts that a runbook may have; behind one more nothing is read.
    public static let partLimit = 400
    /// The longest sentence that is looked at, and the longest piece of an item that stays one step.
    private static let sentenceByteLimit = 4_000
    /// The most items of a list that are kept with the sentence that announces them.
    private static let detailLimit = 50

    private let bytes: [UInt8]
    private var segments: [RunbookSegment] = []
    private var headings: [(depth: Int, text: String)] = []
    /// Whether any heading tells what stands below it; where none does, all the text may hold steps.
    private var hasRoles = false
    /// The list that explains a sentence ending in a colon: its items' least indentation.
    private var detailsFrom: Int?
    /// The segment of that sentence.
    private var detailsOf: Int?
    /// Whether the last segments, from `leadFrom`, may take the commands of a code block that follows.
    private var isLead = false
    private var leadFrom = 0
    /// Whether a list goes on, so that what is indented belongs to one of its items.
    private var isInList = false
    private var title: String?
    private var contexts: [(heading: String, text: String)] = []
    /// Programs that some command with arguments names.
    private var programs: Set<String> = []

    /// What a runbook's pieces are.
    public struct Reading: Sendable {
        /// What it is about.
        public let title: String
        /// The first sentence that says what it means.
        public let meaning: String
        /// The first sentence that says what follows from it.
        public let impact: String
        /// Possible steps and warnings in document order; more than ``RunbookReader/partLimit`` where not all were read.
        public let segments: [RunbookSegment]
    }

    /// Reads a runbook.
    public static func read(_ text: String) -> Reading {
        var reader = RunbookReader(bytes: Array(text.utf8))
        reader.read()
        func context(_ word: String) -> String {
            reader.contexts.first { $0.heading.lowercased().contains(word) }?.text ?? ""
        }
        return Reading(
            title: reader.title ?? "", meaning: context("meaning"), impact: context("impact"),
            segments: reader.segments)
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func read() {
        let hidden = hiddenRanges()
        let blocks = DocumentBlockScanner.blocks(of: bytes).filter { block in
            !hidden.contains { $0.contains(block.whole.lowerBound) }
        }
        for block in blocks where block.kind == .heading && block.depth > 1 {
            if SectionRole(heading: string(block.content)) != nil { hasRoles = true }
        }
        for block in blocks where block.kind != .heading && block.kind != .code {
            for span in CodeSpans(bytes, block.content).spans where span.text.contains(" ") {
                if let program = span.text.split(separator: " ").first { programs.insert(String(program)) }
            }
        }
        for block in blocks where !isFull { take(block) }
    }

    private var isFull: Bool { segments.count > Self.partLimit }

    private mutating func take(_ block: DocumentBlock) {
        let isIndented = block.kind == .paragraph && block.content.lowerBound - block.whole.lowerBound >= 4
        let isIndentedCode = isIndented && !isInList
        isInList = block.kind == .listItem || (isInList && (isIndented || block.kind == .code))
        switch block.kind {
        case .heading:
            let text = string(block.content)
            if title == nil, block.depth == 1 { title = text }
            headings.removeAll { $0.depth >= block.depth }
            headings.append((block.depth, text))
            detailsFrom = nil
            isLead = false
        case .table:
            isLead = false
        case .code:
            takeCode(block)
            isLead = false
        case .paragraph where isIndentedCode:
            takeCode(block)
            isLead = false
        case .paragraph, .listItem:
            takeText(block)
        }
    }

    private var role: SectionRole {
        for heading in headings.reversed() where heading.depth > 1 {
            if let role = SectionRole(heading: heading.text) { return role }
        }
        return hasRoles ? .context : .procedure
    }

    private var section: String { headings.last?.text ?? "" }

    // MARK: Text

    private mutating func takeText(_ block: DocumentBlock) {
        let isItem = block.kind == .listItem
        if !isItem {
            detailsFrom = nil
        } else if let least = detailsFrom {
            if block.depth >= least, !block.isNumbered {
                addDetail(block.content)
                return
            }
            detailsFrom = nil
        }
        isLead = false
        // What is longer is no sentence and no warning, and would only keep the patterns busy.
        let sentences = SentenceScanner.sentences(in: bytes, block: block.content)
            .filter { $0.count <= Self.sentenceByteLimit }
        guard let last = sentences.last else { return }
        let endsInColon = string(last).hasSuffix(":")
        switch role {
        case .context:
            if !isItem, !contexts.contains(where: { $0.heading == section }) {
                contexts.append((section, Quote(bytes, sentences[0]).line))
            }
            for sentence in sentences where RunbookWords.warnsInPassing(string(sentence)) {
                add(sentence, .caution, isOpen: false)
            }
        case .cautions where block.content.count > Self.sentenceByteLimit: break
        case .cautions:
            add(block.content, .caution, isOpen: false)
        case .steps(let kind):
            takeSteps(sentences, isItem: isItem, isNumbered: block.isNumbered, role: kind)
        case .procedure:
            takeSteps(sentences, isItem: isItem, isNumbered: block.isNumbered, role: .step)
        }
        // A list under a colon tells what the sentence means; a numbered one has steps of its own.
        if endsInColon {
            detailsFrom = isItem ? block.depth + 1 : 0
            detailsOf = segments.last?.quote.range.upperBound == last.upperBound ? segments.count - 1 : nil
        }
    }

    private mutating func addDetail(_ range: Range<Int>) {
        guard let index = detailsOf, index < segments.count, !range.isEmpty, range.count <= Self.sentenceByteLimit,
            segments[index].details.count < Self.detailLimit
        else { return }
        segments[index].details.append(Quote(bytes, range))
    }

    private mutating func takeSteps(
        _ sentences: [Range<Int>], isItem: Bool, isNumbered: Bool, role: RunbookSegment.Role
    ) {
        leadFrom = segments.count
        if isItem {
            for part in parts(of: sentences) where !isFull && !isPointer(string(part.range)) {
                addStep(part.range, commands: part.commands, isCertain: isNumbered, role: role)
            }
        } else {
            for sentence in sentences where !isFull && !isPointer(string(sentence)) {
                let found = commands(in: sentence)
                addStep(sentence, commands: found, isCertain: false, role: role)
            }
        }
        isLead = true
    }

    /// The sentences of an item, cut before each that has a command of its own.
    private func parts(of sentences: [Range<Int>]) -> [(range: Range<Int>, commands: [RunbookSegment.Command])] {
        var parts: [(range: Range<Int>, commands: [RunbookSegment.Command])] = []
        for sentence in sentences {
            let found = commands(in: sentence)
            if let last = parts.last, found.isEmpty || last.commands.isEmpty,
                sentence.upperBound - last.range.lowerBound <= Self.sentenceByteLimit
            {
                parts[parts.count - 1] = (last.range.lowerBound..<sentence.upperBound, last.commands + found)
            } else {
                parts.append((sentence, found))
            }
        }
        return parts
    }

    private mutating func addStep(
        _ range: Range<Int>, commands: [RunbookSegment.Command], isCertain: Bool, role: RunbookSegment.Role
    ) {
        let text = string(range)
        if RunbookWords.isWarning(text), commands.isEmpty {
            add(range, .caution, isOpen: false)
            return
        }
        var role = role
        if RunbookWords.handsOver(text), commands.isEmpty {
            role = .escalate
        } else if role == .mitigate || role == .step, RunbookWords.looksAgain(text) {
            role = .verify
        }
        if role == .step, let verb = OrderWords.order(in: text) {
            role = OrderWords.kind(of: verb, afterChange: segments.contains { $0.role == .mitigate })
        }
        let isSettled =
            isCertain || !commands.isEmpty || role == .escalate || OrderWords.isOrder(text)
            || OrderWords.isAdvice(text)
        let first = commands.first.map { [$0] } ?? []
        add(range, role, isOpen: !isSettled || role == .step, commands: first)
        for command in commands.dropFirst() {
            add(command.line.range, role, isOpen: role == .step, commands: [command])
        }
    }

    private mutating func add(
        _ range: Range<Int>, _ role: RunbookSegment.Role, isOpen: Bool, commands: [RunbookSegment.Command] = []
    ) {
        segments.append(
            RunbookSegment(
                quote: Quote(bytes, range), section: section, role: role, isOpen: isOpen, commands: commands))
    }

    /// Whether a sentence only points elsewhere.
    private func isPointer(_ text: String) -> Bool {
        let rest = text.replacing(/!?\[[^\]]*\](\([^)]*\)|\[[^\]]*\])/, with: "")
            .replacing(/\{\{.*?\}\}/, with: "")
        if text.contains("["), text.lowercased().hasPrefix("see ") || text.lowercased().hasPrefix("further ") {
            return true
        }
        return !rest.contains { $0.isLetter || $0.isNumber } || rest.uppercased() == "TODO"
    }

    // MARK: Commands

    private func commands(in range: Range<Int>) -> [RunbookSegment.Command] {
        let found = CodeSpans(bytes, range)
        let text = string(range)
        var commands: [RunbookSegment.Command] = []
        for span in found.spans where isCommand(span, in: text, at: range) {
            commands.append(RunbookSegment.Command(line: span, isQuery: false))
        }
        for link in found.links where link.text.contains(" ") && RunbookWords.callsForRunning(text) {
            if looksLikeCommand(link.text), link.text.contains(/\s[a-z0-9-]*[-.\/][a-z0-9-]*/) {
                commands.append(RunbookSegment.Command(line: link, isQuery: false))
            }
        }
        return commands
    }

    private func isCommand(_ span: Quote, in sentence: String, at range: Range<Int>) -> Bool {
        let words = span.text.split(separator: " ")
        let startsSentence = span.range.lowerBound - range.lowerBound <= 1
        let cue = startsSentence || RunbookWords.callsForRunning(sentence)
        guard words.count > 1 else {
            guard span.text.contains("/") else { return false }
            return programs.contains(span.text) && cue || standsAlone(span.text, in: sentence)
        }
        guard looksLikeCommand(span.text) else { return false }
        // A program that is named with its folder, an option, a path or a quoted word make it no mere phrase.
        return cue || words[0].contains("/") || words.dropFirst().contains { $0.contains(/[-\/.'"$<]/) }
    }

    /// Whether a path without an extension is all there is in a sentence, but for a word such as "run".
    private func standsAlone(_ path: String, in sentence: String) -> Bool {
        guard !path.hasPrefix("/"), path.contains(/^[a-z][A-Za-z0-9_\/-]*$/) else { return false }
        let rest = sentence.replacing(path, with: "").lowercased().filter { $0.isLetter || $0 == " " }
        return rest.split(separator: " ").allSatisfy { ["run", "then", "execute", "call", "and", "now"].contains($0) }
    }

    private func looksLikeCommand(_ text: String) -> Bool {
        let words = text.split(separator: " ")
        guard words.count > 1, words[0].contains(/^[a-z.\/][A-Za-z0-9_.\/+-]*[;|&]*$/) else { return false }
        // A comparison or an assignment, but for a program that is named with its folder.
        return words[0].contains("/") || !words[1].contains(/^([=:<>!+*\/-]=?|==|=~)$/)
    }

    private mutating func takeCode(_ block: DocumentBlock) {
        detailsOf = nil
        let role: RunbookSegment.Role
        switch self.role {
        case .context, .cautions: return
        case .steps(let kind): role = kind
        case .procedure: role = .step
        }
        var commands = CommandBlock.commands(bytes, block.content, language: string(block.language))
        guard !commands.isEmpty else { return }
        if isLead, let index = leadIndex() {
            let lead = segments[index]
            let behind = Array(segments[(index + 1)...])
            segments.removeSubrange(index...)
            addStep(
                lead.quote.range, commands: [commands.removeFirst()], isCertain: true,
                role: lead.role == .escalate ? role : lead.role)
            segments += behind
        }
        for command in commands {
            add(command.line.range, role, isOpen: role == .step, commands: [command])
        }
    }

    /// Which of the sentences before a code block tells what its first command is for: the last one, unless it speaks of
    /// something else and an earlier one is an order.
    private func leadIndex() -> Int? {
        guard leadFrom < segments.count, let last = segments.last, last.commands.isEmpty, last.role != .caution else {
            return nil
        }
        let text = last.quote.line
        if text.hasSuffix(":") || RunbookWords.pointsAhead(text) || OrderWords.isOrder(text) {
            return segments.count - 1
        }
        for index in (leadFrom..<segments.count).reversed() {
            let segment = segments[index]
            guard segment.commands.isEmpty else { break }
            if segment.role != .caution, OrderWords.isOrder(segment.quote.line) { return index }
        }
        return segments.count - 1
    }

    // MARK: What is not read

    /// Front matter, HTML comments and folded details.
    private func hiddenRanges() -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        if bytes.starts(with: Array("---\n".utf8)), let end = find("\n---", from: 3) {
            ranges.append(0..<(end + 4))
        }
        for (open, close) in [("<!--", "-->"), ("<details", "</details>")] {
            var position = 0
            while let start = find(open, from: position) {
                let end = find(close, from: start).map { $0 + close.utf8.count } ?? bytes.count
                ranges.append(start..<end)
                position = end
            }
        }
        return ranges
    }

    private func find(_ text: String, from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        guard start + wanted.count <= bytes.count else { return nil }
        return (start...(bytes.count - wanted.count)).first { position in
            bytes[position] == wanted[0] && bytes[position..<(position + wanted.count)].elementsEqual(wanted)
        }
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
