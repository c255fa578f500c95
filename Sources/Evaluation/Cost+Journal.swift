import JSONSchemas
public import RunJournal

extension Cost {
    /// What one run cost by its record: also what was spent before it was stopped or killed.
    ///
    /// Tokens are those of finished answers; what a killed process had written of an answer is nowhere recorded. Seconds
    /// run from each start or resumption to the last entry before the next one: a run that waits costs nothing.
    ///
    /// `entries`: the run's entries in order.
    public init(entries: [JournalEntry], questions: Int) {
        self.init()
        runs = 1
        self.questions = questions
        var began: Int64?
        var last: Int64 = 0
        for entry in entries {
            if entry.kind == .runStarted || entry.kind == .runResumed {
                count(from: began, to: last)
                began = entry.wallNanoseconds
            }
            last = entry.wallNanoseconds
            tokens += Self.tokens(of: entry)
        }
        count(from: began, to: last)
    }

    private mutating func count(from began: Int64?, to last: Int64) {
        // The clock may have been set back meanwhile.
        if let began, last > began { seconds += Double(last - began) / 1e9 }
    }

    /// Tokens that the model evaluated or wrote for an entry. An agent's end sums up its turns, which have their own.
    private static func tokens(of entry: JournalEntry) -> Int {
        let isAnswer = entry.kind == .stepFinished && entry.body[EntryMember.written] != nil
        // Of two models that were asked one after the other both count, and so does a call that came to no end.
        let usages: [JSONValue?] =
            isAnswer || entry.kind == .valueProduced
            ? [entry.body[EntryMember.usage], entry.body[EntryMember.first]?[EntryMember.usage]]
            : [entry.body[EntryMember.unended]]
        return usages.compactMap(\.self).reduce(0) { sum, usage in
            ["evaluated", "forced", "sampled"].reduce(sum) { $0 + (usage[$1]?.intValue ?? 0) }
        }
    }
}
