import JSONSchemas

/// What a case says the system under test must do.
enum CaseExpectation: Hashable, Sendable {
    /// Exit 0, with any value.
    case accept
    /// Exit 0, with this value on standard output.
    case value(JSONValue)
    /// Exit 1.
    case reject

    /// Reads `expect` (`accept`, `reject`) and `value` of a case row.
    init?(expect: String?, value: JSONValue?) {
        switch expect {
        case "accept":
            if let value, !value.isNull {
                self = .value(value)
            } else {
                self = .accept
            }
        case "reject": self = .reject
        default: return nil
        }
    }

    /// The expectation as reports show it.
    var json: JSONValue {
        switch self {
        case .accept: ["outcome": "accept"]
        case .value(let value): ["outcome": "accept", "value": value]
        case .reject: ["outcome": "reject"]
        }
    }
}
