import JSONSchemas
import PolicyEngine
import Provenance
public import RunJournal
import WorkflowFormat

/// What persons changed or denied, as the journal has it: the cases of the page and of `warrant eval collect`.
public enum FeedbackCases {
    /// Entries in one read: nobody who reads meanwhile waits for all of them, and each can be large.
    private static let pageLimit = 16

    /// The cases, oldest first.
    ///
    /// - Parameters:
    ///   - journal: The record.
    ///   - run: Only those of this run.
    /// - Returns: Every edit and every denial that a person recorded and whose record can be read.
    /// - Throws: `JournalError` where the record can't be read.
    public static func all(in journal: Journal, run: RunID? = nil) throws(JournalError) -> [FeedbackView.Case] {
        var cases: [FeedbackView.Case] = []
        try each(in: journal, run: run) { cases.append($0) }
        return cases
    }

    /// The newest cases, newest first.
    ///
    /// - Parameters:
    ///   - journal: The record.
    ///   - limit: How many at most.
    ///   - byteLimit: How many bytes their arguments have at most in all; the newest case is there whatever it has.
    /// - Returns: The cases, and whether there are older ones.
    /// - Throws: `JournalError` where the record can't be read.
    static func newest(
        in journal: Journal, limit: Int, byteLimit: Int
    ) throws(JournalError) -> (cases: [FeedbackView.Case], hasMore: Bool) {
        var kept: [(found: FeedbackView.Case, size: Int)] = []
        var size = 0
        var hasMore = false
        try each(in: journal, run: nil) { found in
            let own = byteCount(of: found)
            kept.append((found, own))
            size += own
            while kept.count > 1, kept.count > limit || size > byteLimit {
                size -= kept.removeFirst().size
                hasMore = true
            }
        }
        return (kept.reversed().map(\.found), hasMore)
    }

    private static func byteCount(of found: FeedbackView.Case) -> Int {
        [found.asked, found.wanted ?? JSONObject()].reduce(0) { $0 + JSONValue.object($1).serialized().utf8.count }
    }

    private static func each(
        in journal: Journal, run: RunID?, _ body: (FeedbackView.Case) -> Void
    ) throws(JournalError) {
        var asked: [String: ApprovalRequest] = [:]
        var last = 0
        while true {
            let records = try journal.records(
                of: run, kinds: [.approvalRequested, .approvalRecorded], after: last, limit: pageLimit)
            // What can't be read is no case and hides no other: its body is null.
            for entry in records.map(\.entry) {
                if entry.kind == .approvalRequested {
                    guard let request = ApprovalRequest(fromJSON: entry.body) else { continue }
                    asked[request.digest] = request
                } else if let approval = Approval(fromJSON: entry.body),
                    // Answered once: what was approved as it was is let go of.
                    let request = asked.removeValue(forKey: approval.digest)
                {
                    if let found = Self.case(request, approval, entry) { body(found) }
                }
            }
            last = records.last?.entry.sequence ?? last
            if records.count < pageLimit { return }
        }
    }

    private static func `case`(
        _ request: ApprovalRequest, _ approval: Approval, _ entry: JournalEntry
    ) -> FeedbackView.Case? {
        let arguments = request.call.value.arguments
        let kind: FeedbackView.Case.Kind
        if approval.decision == .rejected {
            kind = .denied
        } else if let edited = approval.editedArguments, edited != arguments {
            kind = .edited
        } else {
            return nil
        }
        return FeedbackView.Case(
            sequence: entry.sequence, run: entry.run, address: entry.step, kind: kind, tool: request.call.value.tool,
            person: approval.person, at: entry.timestamp, reason: approval.reason ?? "", rule: request.rule,
            asked: arguments, wanted: kind == .edited ? approval.editedArguments : nil)
    }
}
