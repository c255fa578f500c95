import JSONSchemas
import ModelRuntime
import TestSupport
import Testing
import Tokens

@Suite struct ScriptedModelTests {
    @Test func `a value is played byte by byte and then ends`() async throws {
        let model = ScriptedModel([("read", ["kind": "bug", "n": [1, 2]])])
        #expect(try await play(model, "read") == #"{"kind": "bug", "n": [1, 2]}"#)
    }

    @Test func `several values for one step are played in order`() async throws {
        let model = ScriptedModel([("a", 1), ("b", "x"), ("a", 2)])
        #expect(try await play(model, "a") == "1")
        #expect(try await play(model, "a") == "2")
        #expect(try await play(model, "b") == #""x""#)
        let error = await #expect(throws: ModelError.self) { _ = try await play(model, "a") }
        #expect(error?.code == .scriptEnded)
        #expect(
            error?.description
                == "Can't play step `a`: the script's values for it are used up.\n"
                + "All of the script's values are used up.")
    }

    @Test func `a step without a value is an error naming those that have one`() async throws {
        let model = ScriptedModel([("a[0]/b#1", 1)])
        let error = await #expect(throws: ModelError.self) { _ = try await play(model, "a[0]/b#2") }
        #expect(error?.code == .scriptEnded)
        #expect(error?.description.contains("`a[0]/b#2`") == true)
        #expect(error?.description.contains("`a[0]/b#1`") == true)
    }

    @Test func `forced bytes advance the value`() async throws {
        let model = ScriptedModel([("a", ["name": "issue.create"])])
        _ = try await model.begin([TokenID(rawValue: 1)], for: RequestID(address: "a"))
        _ = try await model.append(tokens(#"{"name": "issue."#))
        let next = try await model.sample(everything, options: SamplingOptions())
        #expect(next.token == tokens("c")[0])
        #expect(next.probability == 1)
    }

    @Test func `a call is played inside the dialect's fence when the grammar asks for it`() async throws {
        let model = ScriptedModel([("a", ["name": "t"])])
        _ = try await model.begin([TokenID(rawValue: 1)], for: RequestID(address: "a"))
        _ = try await model.append(tokens(model.summary.dialect.callPrefix))
        var text = ""
        while true {
            let token = try await model.sample(everything, options: SamplingOptions()).token
            if token.rawValue == 256 { break }
            text.unicodeScalars.append(UnicodeScalar(UInt8(token.rawValue)))
            _ = try await model.append([token])
        }
        #expect(text == #"{"name": "t"}"# + model.summary.dialect.callSuffix)
    }

    @Test func `keys come in the order the grammar asks for`() async throws {
        let model = ScriptedModel([("a", ["alpha": 1, "beta": ["x": 1, "y": 2]])])
        _ = try await model.begin([TokenID(rawValue: 1)], for: RequestID(address: "a"))
        _ = try await model.append(tokens(#"{"beta": {"y": 2, "x"#))
        var text = ""
        while true {
            let token = try await model.sample(everything, options: SamplingOptions()).token
            if token.rawValue == 256 { break }
            text.unicodeScalars.append(UnicodeScalar(UInt8(token.rawValue)))
            _ = try await model.append([token])
        }
        #expect(text == #"": 1}, "alpha": 1}"#)
    }

    @Test func `a value the mask forbids is a disagreement naming step and byte`() async throws {
        let model = ScriptedModel([("triage[3]/class", "crash")])
        _ = try await model.begin([TokenID(rawValue: 1)], for: RequestID(address: "triage[3]/class"))
        _ = try await model.append(tokens(#"""#))
        var mask = TokenMask(tokenCount: 257)
        mask.allow(tokens("b")[0])
        let error = await #expect(throws: ModelError.self) {
            try await model.sample(mask, options: SamplingOptions())
        }
        #expect(error?.code == .scriptDisagrees)
        #expect(
            error?.description
                == "Can't play step `triage[3]/class`: the script's value (value 1) has `c` at byte 1 and "
                + "the grammar doesn't allow it.\nWrite a value that the step's schema accepts.")
    }

    @Test func `forced bytes that differ from the value are a disagreement`() async throws {
        let model = ScriptedModel([("a", ["name": "x"])])
        _ = try await model.begin([TokenID(rawValue: 1)], for: RequestID(address: "a"))
        let error = await #expect(throws: ModelError.self) {
            try await model.append(tokens(#"{"name": "y"#))
        }
        #expect(error?.code == .scriptDisagrees)
    }

    @Test func `what two prompts share counts as reused`() async throws {
        let model = ScriptedModel([])
        let first = try await model.begin(tokens("system, goal"), for: RequestID(address: "a#1"))
        #expect(first.evaluated == 12)
        let second = try await model.begin(tokens("system, goal, call"), for: RequestID(address: "a#2"))
        #expect(second.reused == 12)
        #expect(second.evaluated == 6)
    }

    @Test(arguments: [
        ("{", "3", "column 2"), (#"[1]"#, "3", "it is not an object"),
        (#"{"step": "a"}"#, "3", "`value` is missing"),
        (#"{"step": 1, "value": 1}"#, "3", "`step` is not the address"),
        (#"{"step": "a", "value": 1, "valeu": 2}"#, "3", "key `valeu` is unknown"),
    ])
    func `a malformed line is named`(line: String, number: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("{\"step\": \"a\", \"value\": null}\n\n\(line)\n", to: "s.jsonl")
        let error = #expect(throws: ModelError.self) { try ScriptedModel(path: path) }
        #expect(error?.code == .badScript)
        #expect(error?.description.contains("`s.jsonl:\(number)`") == true)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `a script without a file is an error`() {
        let error = #expect(throws: ModelError.self) { try ScriptedModel(path: "/nonexistent/s.jsonl") }
        #expect(error?.code == .badScript)
    }

    /// Plays the whole value with nothing forbidden.
    private func play(_ model: ScriptedModel, _ address: String) async throws -> String {
        _ = try await model.begin([TokenID(rawValue: 1)], for: RequestID(address: address))
        var bytes: [UInt8] = []
        while true {
            let token = try await model.sample(everything, options: SamplingOptions()).token
            if token.rawValue == 256 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(UInt8(token.rawValue))
            _ = try await model.append([token])
        }
    }

    private var everything: TokenMask {
        var mask = TokenMask(tokenCount: 257)
        for number in 0..<257 { mask.allow(TokenID(rawValue: Int32(number))) }
        return mask
    }

    private func tokens(_ text: String) -> [TokenID] { text.utf8.map { TokenID(rawValue: Int32($0)) } }
}
