import Foundation
import GRDB

extension Row {
    /// A column's value, or an error where the file holds something else. GRDB's subscripts end the process there,
    /// and a damaged file must be a report, not a crash.
    func checked<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let value: DatabaseValue = self[column], let converted = Value.fromDatabaseValue(value) else {
            throw Self.damage(column)
        }
        return converted
    }

    /// The same for a column that may be null.
    func checkedOptional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        guard let value: DatabaseValue = self[column], !value.isNull else { return nil }
        return try checked(column) as Value
    }

    /// The same by the column's place, for the loops over all entries.
    func checked<Value: DatabaseValueConvertible>(at index: Int) throws -> Value {
        let value: DatabaseValue = self[index]
        guard let converted = Value.fromDatabaseValue(value) else { throw Self.damage("column \(index)") }
        return converted
    }

    /// The same for a column that may be null.
    func checkedOptional<Value: DatabaseValueConvertible>(at index: Int) throws -> Value? {
        let value: DatabaseValue = self[index]
        return value.isNull ? nil : try checked(at: index) as Value
    }

    /// A blob's bytes; nil for null. Text in a blob's place is damage, even if its bytes are the same.
    func checkedBytes(at index: Int) throws -> [UInt8]? {
        let value: DatabaseValue = self[index]
        switch value.storage {
        case .null: return nil
        case .blob(let data): return Array(data)
        default: throw Self.damage("column \(index)")
        }
    }

    private static func damage(_ column: String) -> JournalError {
        JournalError(
            .corrupt, operation: "read the journal", reason: "a row's `\(column)` is not what was written")
    }
}
