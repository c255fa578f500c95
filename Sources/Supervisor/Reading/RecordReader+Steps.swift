import JSONSchemas
import PolicyEngine
import RunJournal

extension RecordReader {
    /// UTF-8 bytes of a prompt's segment, of a result and of an entry's body that a step's page shows.
    private static let segmentByteLimit = 16 * 1024
    private static let resultByteLimit = 16 * 1024
    private static let bodyByteLimit = 2 * 1024
    /// Entries of one step that its page shows, the last ones.
    private static let entryLimit = 100

    /// One step with all that is known of it.
    func step(_ address: String, of id: RunID) throws -> StepView {
        _ = try journal.run(id)
        guard let row = try timeline(of: id).row(at: address) else {
            throw NoticeView(
                404, "not_found", "Can't show step `\(address)`: run `\(id)` has none of that address.")
        }
        let records = try journal.records(of: id, at: address, limit: Self.entryLimit)
        let entries = records.filter { $0.problem == nil && !$0.entry.isErased }.map(\.entry)
        // A record that can't be read in one place is shown without the call, and the place is said.
        let call = try? journal.callView(of: id, at: address)
        let made = entries.last {
            $0.kind == .observationRecorded || $0.kind == .provisionalObserved || $0.kind == .stepFinished
        }
        let value = made.flatMap { $0.body["observation"] ?? $0.body["result"] }
        return StepView(
            run: id, row: row,
            prompts: entries.flatMap { PromptReading.prompts(in: $0, byteLimit: Self.segmentByteLimit) },
            call: call, change: try call.flatMap { try change(of: $0, in: id) },
            result: LongText(value?.serialized(.pretty) ?? "", byteLimit: Self.resultByteLimit),
            resultSequence: made?.sequence ?? 0,
            entries: records.map { EntryView($0, byteLimit: Self.bodyByteLimit) })
    }

    /// What a call would change in a file.
    func change(of call: CallView, in run: RunID) throws -> ChangeView? {
        guard call.tool == "file.write" || call.tool == "file.replace_line" else { return nil }
        let looks = try timeline(of: run).steps.filter { $0.tool == "file.look" }.map(\.address)
        let before = try EarlierText(journal: journal, run: run, call: call).text(looks: looks)
        return ChangeReading.change(of: call, before: before)
    }
}
