/// One message of a conversation with a server's model.
public struct ChatMessage: Hashable, Sendable {
    /// Who speaks.
    public enum Role: String, Hashable, Sendable {
        /// The workflow's author and Warrant.
        case system
        /// Instructions and data; observations too.
        case user
        /// What the model wrote earlier.
        case assistant
    }

    /// Who speaks.
    public let role: Role
    /// What is said.
    public var text: String

    /// A message.
    public init(_ role: Role, _ text: String) {
        self.role = role
        self.text = text
    }
}
