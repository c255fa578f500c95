import Foundation
import JSONSchemas

/// Reads files with one JSON object a line, or one JSON list of objects.
enum JSONLines {
    static let byteLimit = 256 << 20

    /// The objects of the file at `path` with their line numbers, from 1; a list's objects all have line 1.
    static func objects(at path: String, what: String) throws(SuiteError) -> [(line: Int, value: JSONValue)] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw SuiteError("Can't read \(what) `\(path)`: \(error.localizedDescription).")
        }
        guard data.count <= byteLimit else {
            throw SuiteError("Can't read \(what) `\(path)`: it is larger than \(byteLimit >> 20) MiB.")
        }
        if data.first(where: { !" \n\r\t".utf8.contains($0) }) == UInt8(ascii: "[") {
            guard let list = (try? JSONValue(parsing: Array(data)))?.arrayValue else {
                throw SuiteError("Can't read \(what) `\(path)`: it begins like a JSON list and is none.")
            }
            return try list.map { value throws(SuiteError) in (1, try object(value, path, what, 1)) }
        }
        var objects: [(line: Int, value: JSONValue)] = []
        for (index, line) in data.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { !" \r\t".utf8.contains($0) }) else { continue }
            let value: JSONValue
            do {
                value = try JSONValue(parsing: Array(line))
            } catch {
                throw SuiteError("Can't read \(what) `\(path)`, line \(index + 1): \(error).")
            }
            objects.append((index + 1, try object(value, path, what, index + 1)))
        }
        return objects
    }

    /// The file's one JSON object, over several lines; nil where it is anything else.
    static func object(at path: String) -> JSONValue? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= byteLimit,
            let value = try? JSONValue(parsing: Array(data)), value.objectValue != nil
        else { return nil }
        return value
    }

    private static func object(
        _ value: JSONValue, _ path: String, _ what: String, _ line: Int
    ) throws(SuiteError) -> JSONValue {
        guard value.objectValue != nil else {
            throw SuiteError("Can't read \(what) `\(path)`, line \(line): it is no JSON object.")
        }
        return value
    }
}
