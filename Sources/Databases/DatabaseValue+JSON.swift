internal import GRDB
internal import JSONSchemas

extension DatabaseValue {
    /// The value as SQLite stores it: booleans as 0 and 1, arrays and objects as compact JSON text.
    init(storing value: JSONValue) {
        self =
            switch value {
            case .null: .null
            case .bool(let claim): (claim ? 1 : 0).databaseValue
            case .integer(let number): number.databaseValue
            case .number(let number): number.databaseValue
            case .string(let text): text.databaseValue
            case .array, .object: value.serialized(.compact).databaseValue
            }
    }

    /// The value as a statement's parameter; SQLite takes a text only up to its first zero character where it
    /// compares.
    init(binding value: JSONValue, operation: String) throws {
        if case .string(let text) = value, text.utf8.contains(0) {
            throw DatabaseToolError(.invalid, operation, "a parameter holds a zero character")
        }
        self.init(storing: value)
    }
}
