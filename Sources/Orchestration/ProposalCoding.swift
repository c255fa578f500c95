import JSONSchemas
import Planning
import PolicyEngine
import Provenance
import RunJournal

/// Proposals as the journal keeps them.
extension Proposal {
    /// `more`: what else the entry says.
    func json(prompt: Prompt, _ more: [(String, JSONValue)] = []) -> JSONValue {
        var pairs = JSONObject()
        for pointer in confidence.keys.sorted() { pairs[pointer] = .number(confidence[pointer] ?? 0) }
        var body: JSONObject = [
            "tool": .string(tool), "arguments": .object(arguments), "label": label.toJSON(), "usage": usage.json,
            "confidence": .object(pairs), "text": .string(text), "prompt": .string(prompt.text),
            Prompt.segmentsMember: prompt.segmentsJSON,
        ]
        if let answerer { body[Answerer.member] = answerer.json }
        if let fit { body[CallFit.member] = fit.json }
        if !leftOut.isEmpty { body[Self.leftOutMember] = .array(leftOut.map { .string($0) }) }
        for (name, value) in more { body[name] = value }
        return .object(body)
    }

    /// The member of a body, and of an agent's result, that names the arguments left out.
    static let leftOutMember = "left_out"

    /// The arguments left out that ``json(prompt:_:)`` wrote.
    static func leftOut(recorded body: JSONValue) -> [String] {
        (body[leftOutMember]?.arrayValue ?? []).compactMap(\.stringValue)
    }
}

extension Prompt {
    /// The member of a body that says where the segments of its `prompt` begin and what each is. Records from before have
    /// none.
    static let segmentsMember = "segments"

    /// `[KIND, INTEGRITY, UTF-8 bytes]` of each segment, in order.
    var segmentsJSON: JSONValue {
        .array(
            segments.map {
                [
                    .string($0.kind.rawValue), .string("\($0.label.integrity)"), .integer($0.text.utf8.count),
                ]
            })
    }
}

extension RecordedRun {
    /// The proposal recorded at `address`.
    func proposal(at address: String) -> Proposal? {
        guard let body = body(.valueProduced, at: address), let tool = body["tool"]?.stringValue,
            let arguments = body["arguments"]?.objectValue, let text = body["text"]?.stringValue
        else { return nil }
        var confidence: [String: Double] = [:]
        for (pointer, value) in body["confidence"]?.objectValue ?? JSONObject() {
            confidence[pointer] = value.doubleValue
        }
        return Proposal(
            tool: tool, arguments: arguments, label: Label(recorded: body["label"] ?? .null), confidence: confidence,
            usage: TokenUsage(json: body["usage"]), text: text, answerer: Answerer(json: body[Answerer.member]),
            fit: CallFit(json: body[CallFit.member]),
            leftOut: Proposal.leftOut(recorded: body))
    }
}
