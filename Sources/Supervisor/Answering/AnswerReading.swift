import JSONSchemas

/// Reads answers from forms and from the interface's JSON.
enum AnswerReading {
    /// Answers in one request at most.
    static let answerLimit = 500
    /// Characters of a reason at most.
    static let reasonLimit = 4000

    /// The answer to one question.
    static func answer(to sequence: Int, in fields: FormFields) throws(NoticeView) -> QuestionAnswer {
        var answer = QuestionAnswer(
            question: sequence, digest: fields["digest"] ?? "", decision: try decision(fields["decision"]))
        answer.reason = fields["reason"] ?? ""
        answer.endorsed = fields.all("endorse")
        if let text = fields["edited"], !text.isEmpty {
            let value = try json(text, "the edited arguments")
            guard let object = value.objectValue else {
                throw invalid("Can't use the edited arguments: they are no JSON object.")
            }
            answer.edited = object
        }
        if let text = fields["observed"], !text.isEmpty { answer.observed = try json(text, "the call's result") }
        return try checked(answer)
    }

    /// The same answer to several questions, each named `SEQUENCE:DIGEST`.
    static func answers(in fields: FormFields) throws(NoticeView) -> [QuestionAnswer] {
        let decision = try decision(fields["decision"])
        guard decision == .approve || decision == .deny else {
            throw invalid("Can't answer several questions at once: what became of a call is said one by one.")
        }
        var answers: [QuestionAnswer] = []
        for name in fields.all("question") {
            let parts = name.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let sequence = IncomingRequest.number(String(parts[0])) else {
                throw invalid("Can't answer: a question is not named by its number and its digest.")
            }
            var answer = QuestionAnswer(question: sequence, digest: String(parts[1]), decision: decision)
            answer.reason = fields["reason"] ?? ""
            answers.append(try checked(answer))
        }
        return try checked(answers)
    }

    /// The answers in the interface's JSON.
    static func answers(in value: JSONValue) throws(NoticeView) -> [QuestionAnswer] {
        guard let object = value.objectValue, let list = object["answers"]?.arrayValue,
            object.allSatisfy({ $0.key == "answers" })
        else {
            throw invalid("Can't read the answers: the body is no object that holds `answers` and nothing else.")
        }
        var answers: [QuestionAnswer] = []
        for item in list { answers.append(try answer(item)) }
        return try checked(answers)
    }

    private static let members: Set<String> = [
        "question", "digest", "decision", "reason", "edited", "endorse", "observed",
    ]

    private static func answer(_ value: JSONValue) throws(NoticeView) -> QuestionAnswer {
        guard let object = value.objectValue, object.allSatisfy({ members.contains($0.key) }),
            let sequence = object["question"]?.intValue, sequence > 0, let digest = object["digest"]?.stringValue
        else { throw invalid("Can't read the answers: one is not as `/api/openapi.json` says.") }
        var answer = QuestionAnswer(
            question: sequence, digest: digest, decision: try decision(object["decision"]?.stringValue))
        if let reason = object["reason"] {
            guard let text = reason.stringValue else { throw invalid("Can't read an answer: `reason` is no text.") }
            answer.reason = text
        }
        if let edited = object["edited"] {
            guard let arguments = edited.objectValue else {
                throw invalid("Can't read an answer: `edited` is no object.")
            }
            answer.edited = arguments
        }
        if let endorsed = object["endorse"] {
            let names = endorsed.arrayValue?.compactMap(\.stringValue)
            guard let names, names.count == endorsed.arrayValue?.count else {
                throw invalid("Can't read an answer: `endorse` is no list of texts.")
            }
            answer.endorsed = names
        }
        answer.observed = object["observed"]
        return try checked(answer)
    }

    private static func decision(_ word: String?) throws(NoticeView) -> QuestionAnswer.Decision {
        guard let decision = word.flatMap(QuestionAnswer.Decision.init(rawValue:)) else {
            let all = QuestionAnswer.Decision.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw invalid("Can't read the answer: its decision is none of \(all).")
        }
        return decision
    }

    private static func checked(_ answers: [QuestionAnswer]) throws(NoticeView) -> [QuestionAnswer] {
        guard !answers.isEmpty else { throw invalid("Can't answer: no question is named.") }
        guard answers.count <= answerLimit else {
            throw invalid("Can't answer \(answers.count) questions at once: at most \(answerLimit).")
        }
        guard Set(answers.map(\.question)).count == answers.count else {
            throw NoticeView(409, "answered", "Can't answer a question twice: one is named two times.")
        }
        return answers
    }

    private static func checked(_ answer: QuestionAnswer) throws(NoticeView) -> QuestionAnswer {
        guard answer.reason.utf8.count <= reasonLimit else {
            throw invalid("Can't use the reason: it has more than \(reasonLimit) bytes.")
        }
        if answer.decision == .deny, answer.reason.allSatisfy(\.isWhitespace) {
            throw invalid("Can't deny without a reason: say why, for the record.")
        }
        guard answer.decision == .approve || (answer.edited == nil && answer.endorsed.isEmpty) else {
            throw invalid("Can't edit or endorse what is not approved.")
        }
        guard answer.decision == .happened || answer.observed == nil else {
            throw invalid("Can't take a result of what did not happen.")
        }
        return answer
    }

    private static func json(_ text: String, _ what: String) throws(NoticeView) -> JSONValue {
        do {
            return try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw invalid("Can't read \(what): \(error)")
        }
    }

    private static func invalid(_ sentence: String) -> NoticeView { NoticeView(422, "invalid", sentence) }
}
