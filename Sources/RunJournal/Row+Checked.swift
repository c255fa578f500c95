import Foundation
import GRDB

extension Row {
    /// A column's value, or an error where the file holds something else. GRDB's subscripts end the process there,
    /// and a damaged file must be a report, not a crash.
    func checked<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let value: DatabaseValue = self[column], let converted = Value.fromDatabaseValue(value) else {
            throw JournalError(
                .corrupt, operation: "read the journal", reason: "a row's `\(column)` is not what was written"
            )
        }
        return converted
    }

    /// The same for a column that may be null.
    func checkedOptional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        guard let value: DatabaseValue = self[column], !value.isNull else { return nil }
        return try checked(column) as Value
    }
}
