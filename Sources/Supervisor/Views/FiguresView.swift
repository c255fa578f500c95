public import JSONSchemas
public import RunJournal

/// What a run, a step or all steps of one name took.
public struct FiguresView: Hashable, Sendable {
    /// The step as the workflow names it, such as `each[]/file`; empty for the whole run.
    public let address: String
    /// Prompt tokens the model evaluated.
    public let evaluated: Int
    /// Prompt tokens it found in its cache.
    public let reused: Int
    /// Answer tokens that the grammar fixed.
    public let forced: Int
    /// Answer tokens that it chose.
    public let sampled: Int
    /// Milliseconds by room, in a fixed order, rooms without any left out: `planning`, `policy`, `tools`, `sandbox`
    /// (a part of `tools`), `journal`.
    public let times: [Time]
    /// Milliseconds from questions to their answers.
    public let waitedMilliseconds: Double
    /// Questions to persons.
    public let questionCount: Int

    /// The time that one room took.
    public struct Time: Hashable, Sendable {
        /// The room.
        public let room: String
        /// How long.
        public let milliseconds: Double
    }

    /// All tokens that were worked on: evaluated, forced and sampled.
    public var tokenCount: Int { evaluated + forced + sampled }

    /// The milliseconds of all rooms, what lies in another room counted once.
    public var milliseconds: Double { times.reduce(0) { $1.room == "sandbox" ? $0 : $0 + $1.milliseconds } }

    /// The figures that a record adds up to.
    public init(_ figures: RunMetrics.Figures, address: String = "") {
        self.address = address
        evaluated = figures.evaluated
        reused = figures.reused
        forced = figures.forced
        sampled = figures.sampled
        times = RunMetrics.rooms.compactMap { room in
            guard let count = figures.microseconds[room], count > 0 else { return nil }
            return Time(room: room, milliseconds: Double(count) / 1000)
        }
        waitedMilliseconds = Double(figures.waitedMicroseconds) / 1000
        questionCount = figures.questions
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "step": .string(address),
            "tokens": [
                "evaluated": .integer(evaluated), "reused": .integer(reused), "forced": .integer(forced),
                "sampled": .integer(sampled),
            ],
            "milliseconds": .object(JSONObject(times.map { ($0.room, .number($0.milliseconds)) })),
            "waited_ms": .number(waitedMilliseconds), "questions": .integer(questionCount),
        ]
    }
}
