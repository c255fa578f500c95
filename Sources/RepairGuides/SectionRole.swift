/// What a heading says of the text below it.
enum SectionRole: Hashable {
    case steps(RunbookSegment.Role)
    /// Steps, but of which kind it doesn't say.
    case procedure
    case cautions
    /// Meaning, impact, background: no steps.
    case context

    private static let words: [(SectionRole, [String])] = [
        (.cautions, ["caution", "warning", "danger", "hazard", "safety", "before you begin", "do not"]),
        (.steps(.escalate), ["escalat", "follow-up", "follow up", "hand over", "handover"]),
        (.steps(.verify), ["verif", "validat", "confirm", "acceptance", "after the repair"]),
        (.steps(.diagnose), ["diagnos", "investigat", "troubleshoot", "triage", "check", "analys"]),
        (
            .steps(.mitigate),
            ["mitigat", "resol", "remed", "repair", "fix", "recover", "solution", "correct", "workaround", "action"]
        ),
        (.procedure, ["step", "procedure", "runbook", "instruction", "what to do"]),
        (
            .context,
            [
                "meaning", "impact", "overview", "description", "background", "summary", "context", "reference",
                "symptom", "see also", "link", "cause", "severity", "about",
            ]
        ),
    ]

    /// The role that a heading's words show.
    init?(heading: String) {
        let text = heading.lowercased()
        guard let found = Self.words.first(where: { $0.1.contains { text.contains($0) } }) else { return nil }
        self = found.0
    }
}
