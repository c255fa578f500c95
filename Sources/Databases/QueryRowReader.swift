internal import Foundation
internal import GRDB
internal import JSONSchemas

/// Turns the rows of a prepared statement into JSON within a request's limits.
struct QueryRowReader {
    private enum Shape { case plain, json, bool }

    let request: QueryRequest
    let operation: String

    /// Binds the request's parameters and steps `statement` until its end or a limit.
    func read(_ statement: Statement) throws -> QueryResult {
        // The authorizer has decided already; this is a second, independent look.
        guard statement.isReadonly else {
            throw DatabaseToolError(.denied, operation, "only one reading statement is allowed")
        }
        let columns = try columns(of: statement)
        let rowCursor = try Row.fetchCursor(statement, arguments: arguments())
        var rows: [JSONObject] = []
        var byteCount = 0
        var isTruncated = false
        reading: while let row = try rowCursor.next() {
            guard rows.count < request.rowLimit else {
                isTruncated = true
                break
            }
            var object = JSONObject()
            for (index, column) in columns.enumerated() {
                let cell: DatabaseValue = row[index]
                byteCount += Self.byteCount(of: cell)
                guard byteCount <= request.totalByteLimit else {
                    isTruncated = true
                    break reading
                }
                object[column.name] = try value(of: cell, in: column, isTruncated: &isTruncated)
            }
            rows.append(object)
        }
        return QueryResult(columns: columns.map(\.name), rows: rows, truncated: isTruncated)
    }

    private func arguments() throws -> StatementArguments {
        var values: [(any DatabaseValueConvertible)?] = []
        for parameter in request.parameters {
            values.append(try DatabaseValue(binding: parameter, operation: operation))
        }
        return StatementArguments(values)
    }

    private func columns(of statement: Statement) throws -> [(name: String, shape: Shape)] {
        var seen: Set<String> = []
        return try statement.columnNames.map { name in
            let column = Self.column(named: name)
            guard seen.insert(column.name).inserted else {
                throw DatabaseToolError(
                    .syntax, operation,
                    "two columns are named `\(SQLName.printable(column.name))`, rename one with `AS`")
            }
            return column
        }
    }

    private static func column(named name: String) -> (name: String, shape: Shape) {
        if name.hasSuffix("_json"), name.utf8.count > 5 { return (String(name.dropLast(5)), .json) }
        if name.hasSuffix("_bool"), name.utf8.count > 5 { return (String(name.dropLast(5)), .bool) }
        return (name, .plain)
    }

    private static func byteCount(of cell: DatabaseValue) -> Int {
        switch cell.storage {
        case .null, .int64, .double: 8
        case .string(let text): text.utf8.count
        case .blob(let data): data.count
        }
    }

    private func value(
        of cell: DatabaseValue, in column: (name: String, shape: Shape), isTruncated: inout Bool
    ) throws -> JSONValue {
        func unusable(_ reason: String) -> DatabaseToolError {
            DatabaseToolError(.invalid, operation, "column `\(SQLName.printable(column.name))` \(reason)")
        }
        switch (column.shape, cell.storage) {
        case (_, .null): return .null
        case (.bool, .int64(let number)): return .bool(number != 0)
        case (.bool, .double(let number)): return .bool(number != 0)
        case (.bool, _): throw unusable("ends in `_bool` and holds something else than a number")
        case (_, .int64(let number)): return .integer(Int(number))
        case (_, .double(let number)):
            guard number.isFinite else { throw unusable("holds an infinite number") }
            return .number(number)
        case (.json, .string(let text)):
            guard text.utf8.count <= request.valueByteLimit else {
                isTruncated = true
                return .null
            }
            do {
                return try JSONValue(parsing: text)
            } catch {
                throw unusable("ends in `_json` and holds something that is not JSON")
            }
        case (.json, .blob): throw unusable("ends in `_json` and holds a blob")
        case (.plain, .string(let text)):
            guard text.utf8.count > request.valueByteLimit else { return .string(text) }
            isTruncated = true
            return .string(text.cut(toBytes: request.valueByteLimit))
        case (.plain, .blob(let data)):
            // Three bytes become four characters; whole groups keep the cut text decodable.
            let byteLimit = request.valueByteLimit / 4 * 3
            isTruncated = isTruncated || data.count > byteLimit
            return .string(data.prefix(byteLimit).base64EncodedString())
        }
    }
}
