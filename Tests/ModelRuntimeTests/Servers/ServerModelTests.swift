import JSONSchemas
import ModelRuntime
import TestSupport
import Testing

/// What is asked, and what is made of proper answers.
@Suite(.timeLimit(.minutes(2))) struct ServerModelTests {
    private static let answer = #"{"kind": "bug"}"#

    @Test func `a question is one chat completion with the schema in it`() async throws {
        let stub = try ChatStub(
            ChatStub.text(
                Self.answer,
                usage: [
                    "prompt_tokens": 40, "completion_tokens": 7, "prompt_tokens_details": ["cached_tokens": 30],
                ], model: "real-name"))
        let trial = try ServerTrial(stub.address)
        let answer = try await trial.ask("Look.")
        #expect(answer.text == Self.answer)
        #expect(answer.isComplete)
        #expect(answer.reportedModel == "real-name")
        #expect(answer.form == .schema)
        #expect(answer.usage?.promptTokens == 40)
        #expect(answer.usage?.cachedTokens == 30)
        #expect(answer.usage?.answerTokens == 7)
        #expect(answer.firstTextTime <= answer.totalTime)
        let request = try #require(stub.requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/v1/chat/completions")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["authorization"] == nil)
        #expect(
            stub.bodies == [
                [
                    "model": "small",
                    "messages": [
                        ["role": "system", "content": "Answer."], ["role": "user", "content": "Look."],
                    ],
                    "temperature": 0, "seed": 9, "max_tokens": 50, "stream": true,
                    "stream_options": ["include_usage": true],
                    "response_format": [
                        "type": "json_schema",
                        "json_schema": ["name": "answer", "strict": true, "schema": ServerTrial.schema],
                    ],
                ]
            ])
        #expect(trial.notices.isEmpty)
    }

    @Test func `an answer in one document counts as well`() async throws {
        let stub = try ChatStub(
            ChatStub.json([
                "model": "m", "choices": [["message": ["content": .string(Self.answer)], "finish_reason": "stop"]],
                "usage": ["prompt_tokens": 4, "completion_tokens": 2],
            ]))
        let answer = try await ServerTrial(stub.address).ask()
        #expect(answer.text == Self.answer)
        #expect(answer.usage?.promptTokens == 4)
    }

    @Test func `an answer without usage has none, and one with nonsense too`() async throws {
        let nonsense: [JSONValue?] = [
            nil, ["prompt_tokens": -1, "completion_tokens": 2], ["prompt_tokens": "4", "completion_tokens": 2],
            ["prompt_tokens": 1_000_000_000_000, "completion_tokens": 2],
        ]
        for usage in nonsense {
            let stub = try ChatStub(ChatStub.text(Self.answer, usage: usage))
            #expect(try await ServerTrial(stub.address).ask().usage == nil)
        }
        let stub = try ChatStub(ChatStub.text(Self.answer, usage: ["prompt_tokens": 4, "completion_tokens": 2]))
        #expect(try await ServerTrial(stub.address).ask().usage != nil)
    }

    @Test func `an answer that met its token limit is not complete`() async throws {
        let stub = try ChatStub(ChatStub.text("{\"ki", finish: "length"), ChatStub.text(Self.answer))
        let trial = try ServerTrial(stub.address)
        #expect(try await trial.ask().isComplete == false)
        #expect(try await trial.ask().isComplete)
    }

    @Test func `a server that refuses schemas is asked for objects from then on, which is said once`() async throws {
        let stub = try ChatStub { request in
            let body = try? JSONValue(parsing: request.body)
            return body?["response_format"]?["type"] == "json_schema"
                ? ChatStub.error(422, code: "unknown_format") : ChatStub.text(Self.answer)
        }
        let trial = try ServerTrial(stub.address)
        #expect(try await trial.ask().form == .object)
        #expect(try await trial.ask().form == .object)
        #expect(stub.forms == ["json_schema", "json_object", "json_object"])
        #expect(trial.notices.count == 1)
        #expect(trial.notices.first?.contains("`response_format: json_schema`") == true)
        // What is not enforced is at least said.
        let system = try #require(stub.bodies[1]["messages"]?[0]?["content"]?.stringValue)
        #expect(system.hasPrefix("Answer.\n\n"))
        #expect(system.hasSuffix(ServerTrial.schema.serialized(.spaced)))
        #expect(stub.bodies[0]["messages"]?[0]?["content"] == "Answer.")
    }

    @Test func `what a server refuses of one schema says nothing of another`() async throws {
        let other: JSONValue = ["type": "object", "properties": ["kind": ["type": "string"]], "required": ["kind"]]
        let stub = try ChatStub { request in
            let format = (try? JSONValue(parsing: request.body))?["response_format"]
            let isOther = format?["json_schema"]?["schema"] == other
            return format?["type"] == "json_schema" && isOther ? ChatStub.error(400) : ChatStub.text(Self.answer)
        }
        let trial = try ServerTrial(stub.address)
        #expect(try await trial.ask(schema: other).form == .object)
        #expect(try await trial.ask().form == .schema)
        #expect(try await trial.ask(schema: other).form == .object)
        #expect(stub.forms == ["json_schema", "json_object", "json_schema", "json_object"])
    }

    @Test func `a server that refuses every response format is asked in words`() async throws {
        let stub = try ChatStub { request in
            let body = try? JSONValue(parsing: request.body)
            return body?["response_format"] != nil ? ChatStub.error(400) : ChatStub.text(Self.answer)
        }
        let trial = try ServerTrial(stub.address)
        #expect(try await trial.ask().form == .prompt)
        #expect(stub.forms == ["json_schema", "json_object", "none"])
        #expect(trial.notices.count == 1)
    }

    @Test func `a request that is refused in every form is an error, and the strictest form stays`() async throws {
        let stub = try ChatStub(
            ChatStub.error(400), ChatStub.error(400), ChatStub.error(400, code: "bad_thing", message: "No such thing."),
            ChatStub.text(Self.answer))
        let trial = try ServerTrial(stub.address)
        let error = await trial.expect(.serverRefused)
        #expect(error?.description.contains("(400), it says `bad_thing`") == true)
        #expect(error?.description.contains("No such thing") == false)
        #expect(trial.notices == ["The server says: No such thing."])
        #expect(try await trial.ask().form == .schema)
        #expect(trial.waits.isEmpty)
    }
}
