import Foundation
import HTTPTransfer
import JSONSchemas

/// A llama-server as its own users ask it: plain requests, its tool calling, its prompt cache.
struct PeerServer: Sendable {
    let base: String

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// An answer and what the server says it cost.
    struct Reply: Sendable {
        let message: JSONValue
        let seconds: Double
        let cost: PeerCost

        /// The first tool call; its arguments are nil where they are no JSON object.
        var call: (name: String, arguments: JSONObject?)? {
            guard let function = message["tool_calls"]?[0]?["function"], let name = function["name"]?.stringValue else {
                return nil
            }
            let text = function["arguments"]?.stringValue ?? ""
            return (name, (try? JSONValue(parsing: text))?.objectValue)
        }
    }

    /// `keepsPrefix`: whether the server may use what it has cached; without, it starts cold.
    func ask(_ body: JSONObject, keepsPrefix: Bool) async throws -> Reply {
        var body = body
        body["temperature"] = 0
        body["cache_prompt"] = .bool(keepsPrefix)
        let started = ContinuousClock.now
        let response = try await HTTPTransfer().send(
            HTTPRequest(
                url: base + "/v1/chat/completions", method: "POST",
                headers: [.init("Content-Type", "application/json")],
                body: JSONValue.object(body).serializedBytes(.compact), timeLimit: .seconds(600)))
        let seconds = started.duration(to: .now) / .seconds(1)
        // Whatever stands beside an error need be no JSON.
        guard response.status == 200, let value = try? JSONValue(parsing: response.body),
            let message = value["choices"]?[0]?["message"]
        else {
            let text = String(decoding: response.body.prefix(300), as: UTF8.self)
            throw Problem(description: "The server answered \(response.status): \(text)")
        }
        return Reply(message: message, seconds: seconds, cost: PeerCost(timings: value["timings"]))
    }
}
