/// An error thrown while a report is checked or written.
///
/// Its description holds names of templates, variables and columns, never their values.
public struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: String, Hashable, Sendable {
        /// The template is not well-formed, or uses what reports don't offer.
        case template
        /// The template names a variable that the data doesn't have.
        case missingVariable
        /// A row lacks a field, or a field has a value that can't stand there.
        case data
    }

    /// What kind of failure happened.
    public let code: Code
    /// What was attempted, as a verb and its object: "render `report.md.mustache`".
    public let operation: String
    /// Why it failed, without a full stop.
    public let reason: String

    /// `Can't <operation>: <reason>.`
    public var description: String { "Can't \(operation): \(reason)." }

    package init(_ code: Code, _ operation: String, _ reason: String) {
        self.code = code
        self.operation = operation
        self.reason = reason
    }
}
