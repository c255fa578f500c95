/// How far a value may be trusted to steer what happens next.
///
/// The order is `untrusted < endorsed < trusted`; joining two values takes the lower one.
public enum Integrity: Int, Comparable, CaseIterable, Codable, Sendable {
    /// Text that anybody may have written: a ticket, a web page, a file's content, a model's words about them.
    case untrusted = 0
    /// Not written by the operator, but vouched for: an identifier our own tracker gave out, a value a person approved.
    case endorsed = 1
    /// Written in the workflow file or given by the operator who started the run.
    case trusted = 2

    /// The word used in files and in the journal: `untrusted`, `endorsed` or `trusted`.
    public var name: String {
        switch self {
        case .untrusted: "untrusted"
        case .endorsed: "endorsed"
        case .trusted: "trusted"
        }
    }

    /// The integrity with this name, or nil when there is none.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// Whether the left side is less trusted than the right side.
    public static func < (left: Integrity, right: Integrity) -> Bool {
        left.rawValue < right.rawValue
    }
}
