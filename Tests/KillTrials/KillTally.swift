/// What came of kills: all but ``kills``, ``lives`` and ``parked`` must stay 0 and empty.
package struct KillTally: Sendable {
    /// Processes that were killed while they ran.
    package var kills = 0
    /// Processes that were started.
    package var lives = 0
    /// Lives that were to be killed and had ended before.
    package var missed = 0
    /// Runs that were carried to their end.
    package var runs = 0
    /// Entries that were read before a kill and were gone or other after it.
    package var lostEntries = 0
    /// Entries that were read before a kill.
    package var seenEntries = 0
    /// Effects that are missing at the end.
    package var lostEffects = 0
    /// Effects that are there more often than once.
    package var doubledEffects = 0
    /// Opaque calls that were made again without a person having been asked.
    package var blindRepeats = 0
    /// Times a run waited for a person to say what became of an opaque call.
    package var parked = 0
    /// Of those, the ones in which it had happened.
    package var parkedDone = 0
    /// What else went wrong, at most 20 sentences.
    package var failures: [String] = []

    package init() {}

    /// Whether every promise was kept.
    package var isClean: Bool {
        lostEntries + lostEffects + doubledEffects + blindRepeats == 0 && failures.isEmpty
    }

    /// Notes that something else went wrong.
    package mutating func fail(_ sentence: String) {
        if failures.count < 20 { failures.append(sentence) }
    }

    /// Takes in what another trial came to.
    package mutating func add(_ other: KillTally) {
        kills += other.kills
        lives += other.lives
        missed += other.missed
        runs += other.runs
        lostEntries += other.lostEntries
        seenEntries += other.seenEntries
        lostEffects += other.lostEffects
        doubledEffects += other.doubledEffects
        blindRepeats += other.blindRepeats
        parked += other.parked
        parkedDone += other.parkedDone
        for sentence in other.failures { fail(sentence) }
    }
}
