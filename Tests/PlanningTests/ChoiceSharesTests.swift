import ConstrainedDecoding
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Synchronization
import Testing
import Tokens
import WorkflowFormat

/// How probable the options of closed fields are, from likelihoods that the test makes up.
@Suite struct ChoiceSharesTests {
    private static let schema: JSONValue = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "kind": ["enum": ["bug", "idea"]], "ok": ["type": "boolean"], "n": ["enum": [1, 10]],
        ],
        "required": ["kind", "ok", "n"],
    ]
    private static let choices = [
        ClosedChoice(pointer: "/kind", options: ["bug", "idea"]), ClosedChoice(pointer: "/ok", options: [true, false]),
        ClosedChoice(pointer: "/n", options: [1, 10]), ClosedChoice(pointer: "/absent", options: ["a", "b"]),
    ]
    private static let prompt = Prompt([
        PromptSegment(.instruction, "Say it.", label: Label.trusted(.workflow()))
    ])

    private func generate(
        choices: [ClosedChoice] = ChoiceSharesTests.choices, memory: (any AnswerMemory)? = nil,
        likelihood: (@Sendable (String, String) -> Double)?
    ) async throws -> Generation {
        let model = AlteredModel(
            base: ScriptedModel([("say", ["kind": "idea", "ok": true, "n": 1])]),
            sha256: String(repeating: "a", count: 64), likelihood: likelihood)
        return try await ConstrainedGenerator(model: model, sampling: SamplingOptions(), memory: memory).generate(
            Self.prompt, grammar: Grammar(schema: JSONSchema(Self.schema)), form: Self.schema,
            request: RequestID(address: "say"), tokenLimit: 100, choices: choices)
    }

    @Test func `confidence is worked out with a temperature, and remembered without it`() async throws {
        let shares = try #require(
            try await generate { _, text in text == "\"bug" ? log(0.1) : text == "\"idea" ? log(0.3) : -1 }
                .shares["/kind"])
        #expect(shares.confidence(of: "idea") == shares.probability(of: "idea"))
        let sharper = shares.adjusted(by: ShareAdjustment(temperature: 0.5))
        #expect(abs((sharper.confidence(of: "idea") ?? 0) - 0.9) < 1e-9)
        #expect(abs((sharper.confidence(of: "bug") ?? 0) - 0.1) < 1e-9)
        #expect(sharper.confidence(of: "none") == nil)
        #expect(sharper.probabilities == shares.probabilities)
        let recorded = ChoiceShares.json(["/kind": sharper, "/plain": shares])
        #expect(ChoiceShares.all(in: recorded) == ["/kind": sharper, "/plain": shares])
        #expect(recorded["/plain"]?["temperature"] == nil)
    }

    @Test func `a margin is worked out with the temperature too, and is below 0 where another option is likelier`()
        async throws
    {
        let shares = try #require(
            try await generate { _, text in text == "\"bug" ? log(0.1) : text == "\"idea" ? log(0.3) : -1 }
                .shares["/kind"])
        #expect(abs((shares.margin(of: "idea") ?? 0) - 0.5) < 1e-9)
        #expect(abs((shares.margin(of: "bug") ?? 0) + 0.5) < 1e-9)
        #expect(shares.margin(of: "none") == nil)
        // 0.9 and 0.1 at a temperature of a half.
        let sharper = shares.adjusted(by: ShareAdjustment(temperature: 0.5))
        #expect(abs((sharper.margin(of: "idea") ?? 0) - 0.8) < 1e-9)
        #expect(abs((sharper.margin(of: "bug") ?? 0) + 0.8) < 1e-9)
    }

    @Test func `options are weighed behind what the answer has before them`() async throws {
        let seen = Asked()
        let generation = try await generate { prompt, text in
            seen.add(prompt, text)
            switch text {
            case "\"bug": return log(0.1)
            case "\"idea": return log(0.3)
            case "true": return log(0.9)
            case "false": return log(0.1)
            // One whose end is part of it: what each end has is added up.
            case "1,", "1}": return log(0.2)
            case "10": return log(0.1)
            default: return log(1e-9)
            }
        }
        let kind = try #require(generation.shares["/kind"])
        #expect(abs(kind.probabilities[0] - 0.25) < 1e-9)
        #expect(abs(kind.probabilities[1] - 0.75) < 1e-9)
        #expect(abs(kind.mass - 0.4) < 1e-9)
        #expect(abs((generation.shares["/ok"]?.probabilities[0] ?? 0) - 0.9) < 1e-9)
        #expect(abs((generation.shares["/n"]?.probabilities[0] ?? 0) - 0.8) < 1e-6)
        #expect(generation.shares["/absent"] == nil)
        let places = seen.all
        #expect(places["Say it.{\"kind\": "] == ["\"bug", "\"idea"])
        #expect(places["Say it.{\"kind\": \"idea\", \"ok\": "] == ["true", "false"])
        #expect(
            places["Say it.{\"kind\": \"idea\", \"ok\": true, \"n\": "]
                == ["1\t", "1\n", "1\r", "1 ", "1,", "1]", "1}", "10"])
    }

    @Test func `an option that another starts like has all its ends, and those in one token with more`() async throws {
        let wider = (Int32(0)...256).map { number in
            let token = TokenID(rawValue: number)
            return (bytes: Array(Vocabulary.bytes.bytes(of: token)), kind: Vocabulary.bytes.kind(of: token))
        }
        let more = ["\"}\n", "h\"}", " report"].map { (bytes: Array($0.utf8), kind: Vocabulary.Kind.normal) }
        let schema: JSONValue = [
            "type": "object", "additionalProperties": false, "required": ["kind"],
            "properties": ["kind": ["enum": ["crash", "crash report"]]],
        ]
        let seen = Asked()
        let model = AlteredModel(
            base: ScriptedModel([("say", ["kind": "crash"])]),
            likelihood: { prompt, text in
                seen.add(prompt, text)
                switch text {
                case "\"crash\"": return log(0.1)
                case "\"crash\"}\n": return log(0.4)
                case "\"crash\"}": return log(0.25)
                case "\"crash report": return log(0.25)
                default: return log(1e-9)
                }
            }, widerTrie: TokenTrie(Vocabulary(tokens: wider + more)))
        let generation = try await ConstrainedGenerator(model: model, sampling: SamplingOptions()).generate(
            Self.prompt, grammar: Grammar(schema: JSONSchema(schema)), form: schema,
            request: RequestID(address: "say"), tokenLimit: 100,
            choices: [ClosedChoice(pointer: "/kind", options: ["crash", "crash report"])])
        let shares = try #require(generation.shares["/kind"])
        #expect(abs(shares.probabilities[0] - 0.75) < 1e-6)
        #expect(abs(shares.mass - 1) < 1e-6)
        // None twice.
        #expect(
            seen.all["Say it.{\"kind\": "]?.sorted()
                == ["\"crash\"", "\"crash\"}", "\"crash\"}\n", "\"crash report"].sorted())
    }

    @Test func `nothing is weighed unless asked for, or by a model that can't`() async throws {
        let seen = Asked()
        let unasked = try await generate(choices: []) { prompt, text in
            seen.add(prompt, text)
            return -1
        }
        #expect(unasked.shares.isEmpty)
        #expect(seen.all.isEmpty)
        #expect(try await generate(likelihood: nil).shares.isEmpty)
        // Control arm.
        #expect(try await generate { _, _ in -1 }.shares.count == 3)
    }

    @Test func `impossible options share alike`() async throws {
        let shares = try #require(try await generate { _, _ in -.infinity }.shares["/kind"])
        #expect(shares.probabilities == [0.5, 0.5])
        #expect(shares.mass == 0)
    }

    @Test func `a remembered answer has its shares, and one asked for others isn't taken`() async throws {
        let memory = TextMemory()
        let first = try await generate(memory: memory) { _, text in text.contains("bug") ? -0.5 : -2 }
        let again = try await generate(memory: memory) { _, _ in -1 }
        #expect(again.usage.remembered == 1)
        #expect(again.shares.keys == first.shares.keys)
        for (pointer, shares) in first.shares {
            let known = try #require(again.shares[pointer])
            #expect(zip(shares.probabilities, known.probabilities).allSatisfy { abs($0 - $1) < 1e-9 })
        }
        let other = try await generate(
            choices: [ClosedChoice(pointer: "/kind", options: ["idea", "bug"])], memory: memory
        ) { _, _ in -1 }
        #expect(other.usage.remembered == 0)
    }
}

/// What was scored, by prompt.
private final class Asked: Sendable {
    private let texts = Mutex<[String: [String]]>([:])

    var all: [String: [String]] { texts.withLock { $0 } }

    func add(_ prompt: String, _ text: String) { texts.withLock { $0[prompt, default: []].append(text) } }
}

/// A memory for one test.
private final class TextMemory: AnswerMemory {
    private let texts = Mutex<[String: String]>([:])

    func recall(_ key: String) async -> String? { texts.withLock { $0[key] } }

    func remember(_ answer: String, for key: String) async { texts.withLock { $0[key] = answer } }
}
