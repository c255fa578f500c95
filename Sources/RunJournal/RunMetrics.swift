public import JSONSchemas

/// What a run took, as its record tells: tokens, time by room, memory, questions.
public struct RunMetrics: Sendable {
    /// The figures of the run or of one step.
    public struct Figures: Sendable {
        /// Prompt tokens the model evaluated.
        public fileprivate(set) var evaluated = 0
        /// Prompt tokens it found in its cache.
        public fileprivate(set) var reused = 0
        /// Answer tokens that the grammar fixed.
        public fileprivate(set) var forced = 0
        /// Answer tokens that it chose.
        public fileprivate(set) var sampled = 0
        /// Of these, those evaluated in advance.
        public fileprivate(set) var drafted = 0
        /// Answers for which the grammar met a limit of its own.
        public fileprivate(set) var narrowed = 0
        /// Answers that were known from earlier runs.
        public fileprivate(set) var remembered = 0
        /// Answers that a smaller model gave which was asked first, and that counted.
        public fileprivate(set) var firstAnswers = 0
        /// Answers, or failures to give one, after which the larger model was asked too.
        public fileprivate(set) var passedOn = 0
        /// Questions asked to persons.
        public fileprivate(set) var questions = 0
        /// Microseconds by room: `planning`, `policy`, `tools`, `journal`, and within `tools` those of `sandbox`, which adds
        /// up commands that ran at the same time.
        public fileprivate(set) var microseconds: [String: Int] = [:]
        /// From questions to their answers, in microseconds; of questions that waited at the same time only once.
        public fileprivate(set) var waitedMicroseconds = 0
        /// Sandboxed commands.
        public fileprivate(set) var sandboxRuns = 0
        /// The most memory that a sandboxed command used, in bytes; 0 where nobody counted.
        public fileprivate(set) var sandboxPeakBytes = 0
        /// The most memory that Warrant itself used, in bytes; known of whole runs only.
        public fileprivate(set) var processPeakBytes = 0

        /// Figures of nothing.
        public init() {}

        /// All of it; times in milliseconds.
        public func toJSON() -> JSONValue {
            var figures: JSONObject = [
                "tokens": [
                    "evaluated": .integer(evaluated), "reused": .integer(reused), "forced": .integer(forced),
                    "sampled": .integer(sampled), "drafted": .integer(drafted), "narrowed": .integer(narrowed),
                    "remembered": .integer(remembered),
                ],
                "milliseconds": .object(
                    JSONObject(
                        RunMetrics.rooms.map { ($0, Self.milliseconds(microseconds[$0] ?? 0)) }
                            + [("waiting", Self.milliseconds(waitedMicroseconds))])),
                "questions": .integer(questions), "sandbox_runs": .integer(sandboxRuns),
                "sandbox_peak_bytes": .integer(sandboxPeakBytes), "process_peak_bytes": .integer(processPeakBytes),
            ]
            if firstAnswers + passedOn > 0 {
                figures["first"] = ["answered": .integer(firstAnswers), "passed_on": .integer(passedOn)]
            }
            return .object(figures)
        }

        private static func milliseconds(_ microseconds: Int) -> JSONValue { .number(Double(microseconds) / 1000) }
    }

    /// What an entry of a reading calls who answered.
    private static let answererMember = "answered_by"

    /// The rooms that times are kept for; `sandbox` is a part of `tools`.
    public static let rooms = ["planning", "policy", "tools", "sandbox", "journal"]

    /// The whole run.
    public var total: Figures {
        var figures = sum
        figures.waitedMicroseconds = Self.covered(waits)
        return figures
    }

    private var sum = Figures()
    /// Each step by its address, in the order in which they come in the record.
    public private(set) var steps: [(address: String, figures: Figures)] = []

    private var places: [String: Int] = [:]
    private var asked: [String: (step: String, nanoseconds: Int64)] = [:]
    private var waits: [(from: Int64, to: Int64)] = []

    /// Adds up a run's entries.
    public init(_ entries: [JournalEntry] = []) {
        for entry in entries { take(entry) }
    }

    /// What one step took so far.
    public func figures(at address: String) -> Figures { places[address].map { steps[$0].figures } ?? Figures() }

    /// The steps of the workflow: all items of a loop and all turns of an agent as one, `each[]/file`.
    public var byWorkflowStep: [(address: String, figures: Figures)] {
        var sums: [(address: String, figures: Figures)] = []
        var places: [String: Int] = [:]
        for (address, figures) in steps {
            let name = Self.withoutNumbers(address)
            if let place = places[name] {
                sums[place].figures.add(figures)
            } else {
                places[name] = sums.count
                sums.append((name, figures))
            }
        }
        return sums
    }

    private static func withoutNumbers(_ address: String) -> String {
        let turns = address.firstIndex(of: "#").map { address[..<$0] } ?? address[...]
        var result = ""
        var isInside = false
        for character in turns {
            if character == "]" { isInside = false }
            if !isInside { result.append(character) }
            if character == "[" { isInside = true }
        }
        return result
    }

    /// Adds the next entry of the run.
    public mutating func take(_ entry: JournalEntry) {
        add(entry.step) { figures in
            if let measured = entry.measured { figures.add(measured) }
            // What an agent's turns cost stands with the turns; its end has the sum once more.
            if entry.kind == .valueProduced || (entry.kind == .stepFinished && entry.body["written"] != nil) {
                figures.add(usage: entry.body["usage"])
                // What a smaller model said in vain.
                if let first = entry.body[EntryMember.first] {
                    figures.add(usage: first["usage"])
                    figures.passedOn += 1
                } else if let answerer = entry.body[Self.answererMember], answerer["form"] == nil {
                    // Of two models that may answer, named without being a server, the first.
                    figures.firstAnswers += 1
                }
            }
            if let unended = entry.body[EntryMember.unended] { figures.add(usage: unended) }
            if entry.kind == .approvalRequested { figures.questions += 1 }
        }
        guard let digest = entry.body["digest"]?.stringValue else { return }
        if entry.kind == .approvalRequested {
            asked[digest] = (entry.step, entry.wallNanoseconds)
        } else if entry.kind == .approvalRecorded, let question = asked.removeValue(forKey: digest) {
            // A clock that was set back makes no negative wait.
            let end = max(question.nanoseconds, entry.wallNanoseconds)
            waits.append((question.nanoseconds, end))
            if let place = places[question.step] {
                steps[place].figures.waitedMicroseconds += Int((end - question.nanoseconds) / 1000)
            }
        }
    }

    private mutating func add(_ step: String, _ change: (inout Figures) -> Void) {
        change(&sum)
        guard !step.isEmpty else { return }
        let place = places[step] ?? steps.count
        if place == steps.count {
            places[step] = place
            steps.append((step, Figures()))
        }
        change(&steps[place].figures)
    }

    /// Microseconds that lie in at least one of the spans.
    private static func covered(_ spans: [(from: Int64, to: Int64)]) -> Int {
        var sum: Int64 = 0
        var end = Int64.min
        for span in spans.sorted(by: { $0.from < $1.from }) where span.to > end {
            sum += span.to - max(span.from, end)
            end = span.to
        }
        return Int(sum / 1000)
    }
}

extension RunMetrics.Figures {
    /// Adds another step's. Questions of a loop may wait at the same time, so the sum of their times is an upper bound.
    fileprivate mutating func add(_ other: RunMetrics.Figures) {
        evaluated += other.evaluated
        reused += other.reused
        forced += other.forced
        sampled += other.sampled
        drafted += other.drafted
        narrowed += other.narrowed
        remembered += other.remembered
        firstAnswers += other.firstAnswers
        passedOn += other.passedOn
        questions += other.questions
        microseconds.merge(other.microseconds) { $0 + $1 }
        waitedMicroseconds += other.waitedMicroseconds
        sandboxRuns += other.sandboxRuns
        sandboxPeakBytes = max(sandboxPeakBytes, other.sandboxPeakBytes)
        processPeakBytes = max(processPeakBytes, other.processPeakBytes)
    }

    fileprivate mutating func add(usage: JSONValue?) {
        evaluated += usage?["evaluated"]?.intValue ?? 0
        reused += usage?["reused"]?.intValue ?? 0
        forced += usage?["forced"]?.intValue ?? 0
        sampled += usage?["sampled"]?.intValue ?? 0
        drafted += usage?["drafted"]?.intValue ?? 0
        narrowed += usage?["narrowed"]?.intValue ?? 0
        remembered += usage?["remembered"]?.intValue ?? 0
    }

    fileprivate mutating func add(_ measured: JSONObject) {
        for room in RunMetrics.rooms {
            if let count = measured["\(room)_us"]?.intValue { microseconds[room, default: 0] += count }
        }
        sandboxRuns += measured["sandbox_runs"]?.intValue ?? 0
        sandboxPeakBytes = max(sandboxPeakBytes, measured["sandbox_peak_bytes"]?.intValue ?? 0)
        processPeakBytes = max(processPeakBytes, measured["process_peak_bytes"]?.intValue ?? 0)
    }
}
