import JSONSchemas
import PolicyEngine
import RunJournal
public import Reports

extension Pages {
    /// The page of questions, with one of them shown in full.
    public static func questions(_ view: QuestionsView, in frame: PageFrame) throws(ReportError) -> String {
        let shown =
            if let shown = view.shown {
                try question(shown, among: view.questions, in: frame)
            } else {
                try PageTemplate.quiet.filled([:])
            }
        let content = try PageTemplate.questions.filled(
            [
                "shown": .string(view.shown.map { String($0.row.sequence) } ?? ""),
                "waiting": .integer(view.questions.count),
                "questions": .array(view.questions.map { row($0, isShown: $0.sequence == view.shown?.row.sequence) }),
            ], parts: ["question": shown, "groups": try groups(view)])
        return try page("Questions", content, in: frame, name: "questions")
    }

    private static func row(_ question: QuestionRow, isShown: Bool) -> JSONValue {
        [
            "sequence": .integer(question.sequence), "href": .string(PagePath.question(question.sequence)),
            "current": .bool(isShown), "tool": .string(StepWords.title(of: question)),
            "address": .string(name(question.address)), "kind": .string(StepWords.words(for: question.kind)),
            "asked_at": .string(question.asked), "asked": .string(ShownText.time(question.asked)),
            "workflow": .string(name(question.workflow)), "run": .string(question.run.description),
            "preview": .string(VisibleText.escaping(question.preview)), "untrusted": .bool(question.isUntrusted),
        ]
    }

    private static func groups(_ view: QuestionsView) throws(ReportError) -> Markup {
        guard !view.groups.isEmpty else { return .empty }
        return try PageTemplate.groups.filled([
            "has_groups": true,
            "groups": .array(
                view.groups.compactMap { group in
                    guard let first = group.questions.first else { return nil }
                    return [
                        "href": .string(PagePath.question(first.sequence)), "tool": .string(name(group.tool)),
                        "rule": .string(group.rule), "count": .string(ShownText.count(group.questions.count)),
                    ]
                }),
        ])
    }

    /// UTF-8 bytes of arguments that can be edited on the page: as a form they are up to three times as many.
    private static let editByteLimit = 256 * 1024

    private static func question(
        _ view: QuestionView, among questions: [QuestionRow], in frame: PageFrame
    ) throws(ReportError) -> Markup {
        let row = view.row
        let call = view.call
        let isEditable = view.editable.utf8.count <= editByteLimit
        let editable = isEditable ? EditableText.escapingHidden(view.editable) : ""
        let lines = editable.utf8.count { $0 == UInt8(ascii: "\n") } + 2
        let alike = alikeRows(view, among: questions)
        let (why, hint) = row.kind == .call ? StepWords.parts(ofRule: row.sentence) : (why: row.sentence, hint: "")
        return try PageTemplate.question.filled(
            [
                "workflow": .string(name(view.workflow)), "run_href": .string(PagePath.run(row.run)),
                "step_href": .string(PagePath.step(row.address, of: row.run)), "address": .string(name(row.address)),
                "title": .string(title(row.kind)), "tool": .string(row.kind == .gate ? "" : name(row.tool)),
                "is_gate": .bool(row.kind == .gate || row.kind == .damaged),
                "lead": ShownText.pieces(view.about.isEmpty ? why : view.about),
                "has_lead": .bool(!view.about.isEmpty), "why": ShownText.pieces(why),
                "has_hint": .bool(!hint.isEmpty), "hint": ShownText.pieces(hint),
                // Most sentences name their rule.
                "rule": .string(why.contains("`\(row.rule)`") ? "" : row.rule), "asked_at": .string(row.asked),
                "asked": .string(ShownText.time(row.asked)),
                "lifetime": .string(call?.lifetimeSeconds.map { ShownText.age(seconds: $0) } ?? ""),
                "attempt": call.flatMap { $0.attempt > 1 ? .string(String($0.attempt)) : nil } ?? .null,
                "remarks": strings(call?.remarks ?? []), "busy": view.holder.map { .string(String($0)) } ?? .null,
                "action": .string(PagePath.question(row.sequence) + "/answer"), "form_token": .string(frame.formToken),
                "shown_at": .integer(frame.madeMilliseconds), "digest": .string(row.digest),
                "may_approve": .bool(row.kind == .call || row.kind == .gate),
                "approve_words": .string(row.kind == .gate ? "Let the run go on" : "Approve this call"),
                "is_outcome": .bool(view.isSettled), "may_endorse": .bool(!view.endorsable.isEmpty),
                "endorsable": strings(view.endorsable), "editable": .string(editable),
                // What a person wrote comes again where it was refused.
                "edit_open": .bool(isChanged(view)), "too_long": .bool(!isEditable),
                "rows": .integer(min(30, max(6, lines))),
                "has_alike": .bool(alike.count > 1), "alike": .array(alike),
                "alike_words": .string("Answer this and \(ShownText.count(max(0, alike.count - 1))) alike together"),
                "previous": .string(view.previous.map(PagePath.question) ?? ""),
                "next": .string(view.next.map(PagePath.question) ?? ""),
            ],
            parts: [
                "call": try call.map { call throws(ReportError) in
                    try arguments(of: call, entry: row.sequence)
                } ?? .empty,
                "change": try change(view.change),
            ])
    }

    /// The question itself, ticked, and those that are like it.
    private static func alikeRows(_ view: QuestionView, among questions: [QuestionRow]) -> [JSONValue] {
        guard !view.alike.isEmpty, view.row.kind == .call || view.row.kind == .gate else { return [] }
        let alike = Set(view.alike).subtracting([view.row.sequence])
        let rows = [view.row] + questions.filter { alike.contains($0.sequence) }
        return rows.map { row in
            [
                "value": .string("\(row.sequence):\(row.digest)"), "checked": .bool(row.sequence == view.row.sequence),
                "tool": .string(StepWords.title(of: row)), "address": .string(name(row.address)),
                "href": .string(PagePath.question(row.sequence)), "workflow": .string(name(row.workflow)),
                "run": .string(row.run.description), "preview": .string(VisibleText.escaping(row.preview)),
                "untrusted": .bool(row.isUntrusted),
            ]
        }
    }

    /// Whether the text to edit is another than what was asked about.
    private static func isChanged(_ view: QuestionView) -> Bool {
        guard !view.editable.isEmpty, let call = view.call else { return false }
        let asked = JSONObject(call.arguments.map { ($0.name, $0.value) })
        return (try? JSONValue(parsing: view.editable)) != .object(asked)
    }

    private static func title(_ kind: QuestionRow.Kind) -> String {
        switch kind {
        case .call: "Approve"
        case .gate: "Go on past this gate?"
        case .outcome: "What became of"
        case .damaged: "This question's record is damaged"
        }
    }
}
