import Glibc
import JSONSchemas
import RunJournal

/// Where a run's time goes, from entry to entry.
///
/// What was spent since the entry before is written into the next one, as its member `measured`. The time of a commit
/// itself is only known after it, so it stands one entry later. Nothing is decided by these figures, two runs never
/// have the same, and a replay leaves them out: ``JournalEntry/facts`` is a body without them.
struct RoomTimes {
    /// What the time was spent in.
    enum Room: String, CaseIterable {
        case planning, policy, tools, journal, waiting
    }

    private var spent: [Room: Duration] = [:]

    mutating func add(_ room: Room, since start: ContinuousClock.Instant) {
        spent[room, default: .zero] += start.duration(to: .now)
    }

    /// The kinds that carry measurements: those that end a piece of work. What a later comparison reads whole, such as a
    /// proposal or a question, carries none.
    private static let carriers: Set<JournalEntryKind> = [
        .callDecided, .observationRecorded, .stepFinished, .valueProduced, .provisionalObserved, .outputWritten,
        .runParked,
        .runFinished,
    ]

    /// Puts what was measured into the last of `drafts` that may carry it, with `more`; what finds no place is kept for
    /// the next.
    mutating func write(into drafts: inout [JournalEntryDraft], more: () -> JSONObject) {
        guard let index = drafts.lastIndex(where: { Self.carriers.contains($0.kind) }),
            var body = drafts[index].body.objectValue
        else { return }
        var measured: JSONObject = [:]
        for room in Room.allCases {
            guard let time = spent[room] else { continue }
            measured["\(room.rawValue)_us"] = .integer(time.microseconds)
        }
        spent = [:]
        for (name, value) in more() { measured[name] = value }
        if drafts[index].kind == .runParked || drafts[index].kind == .runFinished {
            measured["process_peak_bytes"] = .integer(Self.peakBytes)
        }
        guard !measured.isEmpty else { return }
        body[JournalEntry.measuredMember] = .object(measured)
        drafts[index] = JournalEntryDraft(drafts[index].kind, step: drafts[index].step, body: .object(body))
    }

    /// The most memory this process has had resident (getrusage(2), in KiB on Linux).
    private static var peakBytes: Int {
        var usage = rusage()
        // The structure outlives the call.
        guard unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return Int(usage.ru_maxrss) * 1024
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int {
        Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
    }
}
