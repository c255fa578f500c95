import JSONSchemas
import RunJournal
import Testing
import WorkflowFormat

@Suite struct EffectTests {
    private let call = ToolCall(tool: "issue.create", arguments: ["title": "t", "body": "b"])
    private let run = seed(1).id

    private func identifier(
        run: RunID? = nil, step: String = "s", group: Int = 1, call: ToolCall? = nil, approval: String? = "a"
    ) -> String {
        EffectIdentifier.make(
            run: run ?? self.run, step: step, group: group, call: call ?? self.call, approval: approval)
    }

    @Test func `an effect's id hangs on everything that makes it this effect, and on the order of members not`() {
        let others = [
            identifier(run: seed(2).id), identifier(step: "t"), identifier(group: 2), identifier(approval: "b"),
            identifier(approval: nil), identifier(call: ToolCall(tool: "issue.comment", arguments: call.arguments)),
            identifier(call: ToolCall(tool: call.tool, arguments: ["title": "t", "body": "c"])),
        ]
        #expect(Set(others + [identifier()]).count == others.count + 1)
        let turned = ToolCall(tool: call.tool, arguments: ["body": "b", "title": "t"])
        #expect(identifier(call: turned) == identifier())
        #expect(identifier().count == 64)
    }

    @Test func `an effect is intended, then observed, and a retry begins it again`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        let intent: JSONValue = ["tool": "t", "effect": "e1", "class": "queryable"]
        try journal.append(.executionStarted, run: run, step: "s", body: intent)
        try journal.append(
            .executionStarted, run: run, step: "p", body: ["tool": "t", "effect": "e2", "class": "pure"])
        #expect(try journal.effects(of: run).map(\.state) == [.intended, .intended])
        try journal.append(.observationRecorded, run: run, step: "s", body: ["effect": "e1"])
        let seen = try journal.effects(of: run)
        #expect(seen.map(\.id) == ["e1", "e2"] && seen.map(\.effect) == [.queryable, .pure])
        #expect(seen.map(\.state) == [.observed, .intended] && seen.map(\.outcomeSequence) == [4, nil])
        try journal.append(.executionStarted, run: run, step: "s", body: intent)
        let again = try journal.effects(of: run)
        #expect(again.map(\.id) == ["e2", "e1"] && again.last?.intentSequence == 5 && again.last?.state == .intended)
        // An outcome of nothing that was begun makes no effect, and what names no id is none.
        try journal.append(.observationRecorded, run: run, step: "x", body: ["effect": "e9"])
        try journal.append(.executionStarted, run: run, step: "x", body: ["tool": "t"])
        #expect(try journal.effects(of: run).count == 2)
        // What names no class is taken for the worst.
        try journal.append(.executionStarted, run: run, step: "x", body: ["tool": "t", "effect": "e3"])
        #expect(try journal.effects(of: run).last?.effect == .opaque)
        #expect(try journal.verifyChain().isIntact)
    }
}
