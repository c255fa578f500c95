/// What a server knows its users by. It goes into one header and nowhere else.
public struct ServerKey: Sendable {
    /// The environment's variable that holds the key.
    public static let variable = "WARRANT_API_KEY"
    /// The variable that names the server, as `https://host`, to which a workflow may have the key sent.
    public static let originVariable = "WARRANT_API_ORIGIN"

    let text: String

    /// A key; nil for an empty one.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        self.text = text
    }

    /// The key for `address`, if there is one to be sent.
    ///
    /// A workflow that somebody else wrote names whatever server it likes. So the key goes to a server that the operator
    /// named, or that ``originVariable`` names.
    ///
    /// - Parameters:
    ///   - address: whom to ask.
    ///   - environment: the process's environment.
    ///   - isOperators: whether the operator named the server.
    init?(for address: ServerAddress, environment: [String: String], isOperators: Bool) {
        let origin = environment[Self.originVariable].flatMap { try? ServerAddress($0 + "#any").origin }
        guard isOperators || origin == address.origin else { return nil }
        self.init(environment[Self.variable] ?? "")
    }

    /// `text` without the key, should a server have sent it back.
    static func hide(_ key: ServerKey?, in text: String) -> String {
        guard let key else { return text }
        return text.replacing(key.text, with: "(key)")
    }
}
