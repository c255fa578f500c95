import JSONSchemas
public import RunJournal
public import ToolExecution

/// Takes back what a run did to files, where nobody touched them since.
///
/// A step is undone as a whole or not at all. What a path was before the first change that is undone stands in the
/// record; what it must be now is what the last of them made of it. Whatever else it is, somebody edited it, and the
/// step is left alone, with every other step that changed a path of it. So it is where a later run wrote the path.
public struct RunUndo: Sendable {
    /// The run.
    public let run: RunID
    /// The paths with what is done about each, ordered by folder and path.
    public private(set) var paths: [UndoPath]
    /// The steps that are left alone.
    public private(set) var refusedSteps: [String] = []
    /// The steps that are undone, in the order they changed something last.
    public private(set) var steps: [String] = []
    /// Effects that aren't files.
    public let handWorks: [HandWork]

    private let acts: [Act]
    private let preimages: PreimageFolder
    /// The steps that kept a copy of a folder.
    private let copies: Set<String>

    /// One recorded change of files.
    private struct Act: Sendable {
        let sequence: Int
        let step: String
        let changes: ChangeSet
        /// Whether no outcome of its call was recorded.
        let isCutShort: Bool
    }

    /// Looks at what there is to undo. Nothing is changed.
    ///
    /// - Parameters:
    ///   - summary: the run, which has to be over.
    ///   - entries: its entries, all of them.
    ///   - others: what other runs recorded since of their changes of files (`changesPrepared`) and of undoing them
    ///     (`undone`).
    ///   - step: only this step, with all its turns and items; nil for the whole run.
    ///   - registry: the tools there are.
    ///   - stateDirectory: where earlier contents are kept.
    /// - Throws: ``UndoError``.
    public init(
        _ summary: RunSummary, entries: [JournalEntry], others: [JournalEntry], step: String?, registry: ToolRegistry,
        stateDirectory: String
    ) throws(UndoError) {
        run = summary.id
        copies = Set(
            entries.filter { $0.kind == .executionStarted && $0.body["tool"]?.stringValue == "folder.snapshot" }
                .map(\.step))
        preimages = PreimageFolder(of: summary.id, in: stateDirectory)
        let object = step.map { "step `\($0)` of run `\(summary.id)`" } ?? "run `\(summary.id)`"
        guard !summary.state.isOpen else {
            throw UndoError(
                .notPossible, object, "it is \(summary.state.rawValue), and would go on as if nothing was undone",
                fix: "Give it up first: `warrant cancel \(summary.id)`.")
        }
        func isMeant(_ address: String) -> Bool {
            guard let step else { return true }
            return address == step || ["#", "/", "["].contains { address.hasPrefix(step + $0) }
        }
        let meant = entries.filter { isMeant($0.step) }
        guard step == nil || !meant.isEmpty else {
            throw UndoError(.notFound, object, "the run has no step of that address")
        }
        let all = try Self.acts(in: entries, object: object)
        let undone = Self.undone(in: entries)
        acts = all.filter { undone[$0.sequence] == nil }
        let chosen = acts.filter { isMeant($0.step) }
        handWorks = HandWork.all(in: meant, registry: registry)
        if chosen.isEmpty, let before = all.last(where: { isMeant($0.step) }) {
            throw UndoError(
                .notPossible, object,
                "it was undone already, \(undone[before.sequence] ?? "before"); undoing that would be a change of its own"
            )
        }
        let later = Self.later(others.filter { $0.run != summary.id })
        paths = Self.paths(of: chosen, among: acts, later: later, preimages: preimages)
        settle(Set(chosen.map(\.step)))
    }

    private static func acts(in entries: [JournalEntry], object: String) throws(UndoError) -> [Act] {
        var acts: [Act] = []
        var ended: [String: Int] = [:]
        for entry in entries where entry.kind == .observationRecorded { ended[entry.step] = entry.sequence }
        for entry in entries where entry.kind == .changesPrepared {
            guard let changes = ChangeSet(fromJSON: entry.body) else {
                throw UndoError(.notPossible, object, "the record of its changes (entry \(entry.sequence)) is damaged")
            }
            // The run's own output files take their places whole.
            let isCutShort = !entry.step.isEmpty && ended[entry.step, default: 0] < entry.sequence
            acts.append(Act(sequence: entry.sequence, step: entry.step, changes: changes, isCutShort: isCutShort))
        }
        return acts
    }

    /// The changes that were undone, with when and by whom in words.
    private static func undone(in entries: [JournalEntry]) -> [Int: String] {
        var undone: [Int: String] = [:]
        for entry in entries where entry.kind == .undone {
            for sequence in (entry.body["acts"]?.arrayValue ?? []).compactMap(\.intValue) {
                undone[sequence] = "at \(entry.timestamp) by \(entry.body["person"]?.stringValue ?? "somebody")"
            }
        }
        return undone
    }

    /// The newest change of each path that other runs recorded and that was not undone, by the path's place.
    private static func later(_ others: [JournalEntry]) -> [String: (sequence: Int, run: RunID)] {
        let undone = undone(in: others)
        var places = PlaceNames()
        var later: [String: (sequence: Int, run: RunID)] = [:]
        for entry in others where entry.kind == .changesPrepared && undone[entry.sequence] == nil {
            // A damaged record of another run says nothing about this one.
            guard let changes = ChangeSet(fromJSON: entry.body) else { continue }
            for change in changes.changes {
                later[places.place(of: change, below: changes.root)] = (entry.sequence, entry.run)
            }
        }
        return later
    }

    /// Names of places on the disk: one file may lie below two folders that a run knows, such as its output folder and
    /// the folder under repair.
    private struct PlaceNames {
        private var roots: [String: String] = [:]

        mutating func place(of change: ChangeSet.Change, below root: String) -> String {
            let real = roots[root] ?? PathResolution.realPath(root)
            roots[root] = real
            return real + "/" + change.visiblePath
        }
    }

    /// What the chosen changes come to, path by path.
    private static func paths(
        of chosen: [Act], among acts: [Act], later: [String: (sequence: Int, run: RunID)], preimages: PreimageFolder
    ) -> [UndoPath] {
        let isChosen = Set(chosen.map(\.sequence))
        var chains: [String: [(act: Act, change: ChangeSet.Change)]] = [:]
        var order: [String] = []
        var places = PlaceNames()
        for act in acts {
            for change in act.changes.changes where !change.isNone {
                let place = places.place(of: change, below: act.changes.root)
                if chains[place] == nil { order.append(place) }
                chains[place, default: []].append((act, change))
            }
        }
        var reversals: [String: Result<ChangeReversal, ToolError>] = [:]
        var paths: [UndoPath] = []
        for place in order {
            guard let chain = chains[place], let first = chain.firstIndex(where: { isChosen.contains($0.act.sequence) })
            else { continue }
            let rest = chain[first...]
            let root = chain[first].act.changes.root
            let isCutShort = chain[chain.count - 1].act.isCutShort
            guard let item = ChangeReversal.Item(undoing: rest.map(\.change), isCutShort: isCutShort) else { continue }
            let reversal =
                reversals[root]
                ?? Result { () throws(ToolError) in try ChangeReversal(root: root, preimages: preimages) }
            reversals[root] = reversal
            var finding: ChangeReversal.Finding
            switch reversal {
            case .success(let reversal): finding = reversal.look(at: item)
            case .failure(let error): finding = .refused(error.description)
            }
            if let step = rest.first(where: { !isChosen.contains($0.act.sequence) })?.act.step {
                finding = .refused("step `\(step)` changed it later; undo that first")
            } else if finding != .isUndone, let other = later[place], other.sequence > chain[first].act.sequence {
                finding = .refused("run `\(other.run)` has written it since; undo that first")
            } else if finding == .undoable, let gap = Self.gap(in: rest.map(\.change)) {
                finding = .refused("somebody changed it in between: it became \(gap.words)")
            }
            paths.append(UndoPath(root: root, item: item, finding: finding, steps: Set(rest.map(\.act.step))))
        }
        return paths.sorted { ($0.root, $0.item.visiblePath) < ($1.root, $1.item.visiblePath) }
    }

    /// What a path was at the beginning of a change, where the changes before had not made it that: undoing all of them
    /// would lose it.
    private static func gap(in changes: [ChangeSet.Change]) -> EntryState? {
        for (earlier, later) in zip(changes, changes.dropFirst())
        where !later.before.matches(earlier.after) && !later.before.matches(earlier.before) {
            return later.before
        }
        return nil
    }

    /// The steps with a path that is refused, and those that share a path with one of them.
    private func refusedWhole() -> Set<String> {
        var refused: Set<String> = []
        while true {
            let more = paths.filter { $0.refusal != nil || !$0.steps.isDisjoint(with: refused) }
                .reduce(into: refused) { $0.formUnion($1.steps) }
            if more == refused { return refused }
            refused = more
        }
    }

    /// Tells the steps that can be undone from those that can't.
    private mutating func settle(_ chosen: Set<String>) {
        keepCopies(refused: refusedWhole())
        let refused = refusedWhole()
        for index in paths.indices where paths[index].refusal == nil {
            guard let step = paths[index].steps.intersection(refused).min() else { continue }
            paths[index].finding = .refused("its step `\(step)` is left alone as a whole")
        }
        refusedSteps = chosen.intersection(refused).sorted()
        steps = acts.reversed().map(\.step).reduce(into: []) { list, step in
            if chosen.contains(step), !refused.contains(step), !list.contains(step) { list.append(step) }
        }
    }

    /// Leaves a copy of a folder where it is while anything outside of the folder with the copy is left alone: it may be
    /// the only one of what was there.
    private mutating func keepCopies(refused: Set<String>) {
        let kept = Set(acts.filter { copies.contains($0.step) }.map { PathResolution.realPath($0.changes.root) })
        guard
            let needing = paths.first(where: { path in
                (path.refusal != nil || !path.steps.isDisjoint(with: refused))
                    && !kept.contains(PathResolution.realPath(path.root))
            })
        else { return }
        for index in paths.indices where paths[index].refusal == nil && !paths[index].steps.isDisjoint(with: copies) {
            paths[index].finding = .refused(
                "it belongs to a copy of what was there before, and `\(needing.visiblePath)` is left alone")
        }
    }

    /// Undoes what can be, on record before and after.
    ///
    /// The caller holds the run's lease.
    ///
    /// - Returns: what is not as it was, for reasons such as a folder that has other things in it by now.
    /// - Throws: `JournalError`; then what was done is on record as begun, and the same command goes on with it.
    public func perform(in journal: Journal, by person: String) throws -> [ChangeReversal.Rest] {
        guard !steps.isEmpty else { return [] }
        let undoing = acts.filter { steps.contains($0.step) }
        try journal.append(.undoBegun, run: run, body: .object(body(of: undoing, by: person)))
        var rests: [ChangeReversal.Rest] = []
        var failed: Set<String> = []
        // A folder that lies in another one comes first.
        let byRoot = Dictionary(grouping: paths.filter { $0.finding == .undoable }, by: \.root)
        for (root, paths) in byRoot.sorted(by: { $0.key > $1.key }) {
            let reversal = try ChangeReversal(root: root, preimages: preimages)
            let left = reversal.undo(paths.map(\.item))
            rests += left
            let failedItems = Set(left.filter(\.isFailure).map(\.item))
            for path in paths where failedItems.contains(path.item) { failed.formUnion(path.steps) }
        }
        for act in undoing where act.changes.makesRoot {
            (try? ChangeReversal(root: act.changes.root, preimages: preimages))?.removeEmptyRoot()
        }
        var done = body(of: undoing.filter { !failed.contains($0.step) }, by: person)
        done["left"] = .array(
            rests.map { ["path": .string($0.item.visiblePath), "reason": .string($0.reason)] })
        try journal.append(.undone, run: run, body: .object(done))
        return rests
    }

    private func body(of acts: [Act], by person: String) -> JSONObject {
        [
            "acts": .array(acts.map { .integer($0.sequence) }), "person": .string(person),
            "steps": .array(Set(acts.map(\.step)).sorted().map { .string($0) }),
        ]
    }
}
