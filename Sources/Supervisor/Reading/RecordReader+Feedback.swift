import JSONSchemas
import PolicyEngine
import RunJournal

extension RecordReader {
    /// What persons changed or denied, newest first: as much as a page can hold.
    func feedback(limit: Int = 200, byteLimit: Int = 4 << 20) throws(JournalError) -> FeedbackView {
        let (cases, hasMore) = try FeedbackCases.newest(in: journal, limit: limit, byteLimit: byteLimit)
        return FeedbackView(cases: cases, hasMore: hasMore)
    }
}
