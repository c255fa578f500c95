import Databases
import Foundation

/// `sandbox-sql`: runs one query on a database file, in the sandbox.
///
/// It reads a `FileQuery` from standard input, writes a `FileQueryAnswer` to standard output and ends with 0, whatever
/// the answer. Anything else is a crash, or a standard stream that can't be used.
@main struct QueryProgram {
    static func main() throws {
        let line = try FileHandle.standardInput.readToEnd() ?? Data()
        try FileHandle.standardOutput.write(contentsOf: Data(answer(to: line).line))
    }

    private static func answer(to line: Data) -> FileQueryAnswer {
        do throws(DatabaseToolError) {
            return try FileQuery(line: line).answer()
        } catch {
            return .failed(error)
        }
    }
}
