import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Testing
import Tokens

@Suite struct PromptTests {
    private let own = Label.trusted(.workflow())
    private let foreign = Label.untrusted(Source(step: "load", tool: nil, pointer: ""))
    private let model = AlteredModel(base: ScriptedModel([]), controlByte: UInt8(ascii: "!"))

    @Test func `a template may hold control tokens and nothing else may`() async throws {
        let template = Prompt([PromptSegment(.template, "a!", label: own)])
        #expect(try await template.tokens(for: model).map(\.rawValue) == [97, 256])
        for kind in [PromptSegment.Kind.data, .instruction, .answer] {
            let prompt = Prompt([PromptSegment(kind, "a!", label: foreign)])
            await #expect(throws: ModelError.self) { _ = try await prompt.tokens(for: model) }
            let harmless = Prompt([PromptSegment(kind, "a?", label: foreign)])
            #expect(try await harmless.tokens(for: model).count == 2)
        }
    }

    @Test func `a prompt is as untrusted as its worst segment`() {
        var prompt = Prompt([PromptSegment(.instruction, "do", label: own)])
        #expect(prompt.label.integrity == .trusted)
        prompt.append(PromptSegment(.data, "x", label: foreign))
        #expect(prompt.label.integrity == .untrusted)
        #expect(prompt.text == "dox")
    }

    @Test func `a later turn's prompt starts with the whole of the one before`() async throws {
        let dialect = model.summary.dialect
        var conversation = Conversation(address: "a", goal: "Find it.", data: [], tools: [], dialect: dialect)
        let before = conversation.prompt
        let proposal = Proposal(
            tool: "t", arguments: [:], label: own, confidence: [:], usage: TokenUsage(), text: "{}")
        conversation.append(call: proposal, observation: "seen", label: foreign)
        #expect(Array(conversation.prompt.segments.prefix(before.segments.count)) == before.segments)
        #expect(conversation.prompt.text.hasPrefix(before.text))
        #expect(conversation.prompt.label.integrity == .untrusted)
    }
}
