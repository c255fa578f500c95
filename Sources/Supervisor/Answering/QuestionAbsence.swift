import PolicyEngine
public import RunJournal

/// Why a question can't be answered.
public enum QuestionAbsence {
    /// It does not wait: it was answered, something else is asked now, or there was none.
    ///
    /// - Parameters:
    ///   - sequence: The entry that asked, or should have.
    ///   - journal: The record.
    /// - Returns: What is said instead of recording an answer.
    /// - Throws: `JournalError` where the record can't be read.
    public static func notice(of sequence: Int, in journal: Journal) throws(JournalError) -> NoticeView {
        let place = "question \(sequence)"
        guard let asked = try journal.record(sequence)?.entry, asked.kind == .approvalRequested else {
            return NoticeView(404, "not_found", "Can't answer \(place): there is none.")
        }
        let answered = try journal.records(of: asked.run, at: asked.step, limit: 200).first {
            $0.entry.kind == .approvalRecorded && $0.entry.sequence > sequence && $0.entry.subject == asked.subject
        }
        guard let answered, let approval = Approval(fromJSON: answered.entry.body) else {
            return NoticeView(
                409, "changed", "Can't answer \(place): it does not wait any more.",
                fix: "Something else is asked or decided at that step now, or the run ended.", run: asked.run)
        }
        return NoticeView(
            409, "answered",
            "Can't answer \(place): \(approval.person) answered it at \(answered.entry.timestamp) "
                + "(\(approval.decision.rawValue)).",
            fix: "Nothing was recorded twice.", run: asked.run)
    }

    /// The question that waits is another one than the person saw.
    public static func changed(_ sequence: Int) -> NoticeView {
        NoticeView(
            409, "changed", "Can't answer question \(sequence): it is not the question that was shown.",
            fix: "Load the page again and look at what is asked now.")
    }
}
