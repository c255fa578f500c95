import HTTPTransfer
import JSONSchemas
import WebAddresses

/// Reads a page or a file over HTTP, from the hosts that the policy names. No credentials go with it.
struct HTTPGetTool: Tool {
    let name = "http.get"

    private static let byteLimit = 1 << 20

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let url = try arguments.required("url")
        // An address that is itself listed was named by whoever wrote the policy; a name may lead anywhere.
        let named = context.hosts.compactMap { entry in
            if case .address(let address) = entry.host { AddressRange(only: address) } else { nil }
        }
        let request = HTTPRequest(
            url: url, headers: [.init("Accept", "text/*, application/json, application/xml;q=0.9, */*;q=0.1")],
            timeLimit: .seconds(30), stallTimeLimit: .seconds(10), byteLimit: Self.byteLimit,
            guarding: HostGuard(hosts: context.hosts, namedRanges: named), followsRedirects: true)
        let response: HTTPResponse
        do {
            response = try await context.environment.transfer.send(request)
        } catch {
            if error.code == .cancelled { throw CancellationError() }
            throw ToolError(Self.code(of: error), error.description)
        }
        guard let text = String(validating: response.body, as: UTF8.self) else {
            throw ToolError(.badData, "Can't read the answer: it is not UTF-8 text.")
        }
        let type = response.header("content-type")?.split(separator: ";").first.map(String.init) ?? ""
        return [
            "status": .integer(response.status), "media_type": .string(String(type.prefix(100))), "text": .string(text),
        ]
    }

    private static func code(of error: TransferError) -> ToolError.Code {
        switch error.code {
        case .invalidURL: .badArgument
        case .hostNotAllowed, .addressNotAllowed, .badRedirect: .refused
        case .byteLimit: .limit
        default: .io
        }
    }
}
