import JSONSchemas
import SandboxExecution

/// The file that is to be fixed: one text file below the workspace, and no test.
struct PatchSource: Sendable {
    /// Its path below the workspace, as it was named.
    let path: String
    /// The same, in the one form.
    let place: ConfinedPath
    let program: SourceProgram
    /// The SHA-256 of its bytes, in hexadecimal.
    let digest: String
    let dialect: SourceDialect

    /// The largest file: a model is shown a part of it at a time, but each line may have to be tried.
    private static let byteLimit = 512 * 1024

    /// - Throws: `ToolError` where no such file is there, it is no text, its name says that it is a test, or the program could
    ///   read the `cases_file`.
    init(_ arguments: JSONObject) throws(ToolError) {
        path = try arguments.required("source")
        let file = try WorkspacePath(path, in: try arguments.required("workspace"))
        place = file.place
        guard !Self.isTest("\(file.place)") else {
            throw ToolError(.refused, "Can't fix `\(path)`: by its name it is a test, and tests say what is right.")
        }
        if let cases = arguments.string("cases_file"), "\(WorkspacePath.real(cases))/".hasPrefix(file.root + "/") {
            throw ToolError(
                .refused,
                "Can't fix `\(path)`: its cases, `\(cases)`, lie in its folder, where the program can read what is expected. "
                    + "Put them elsewhere.")
        }
        guard let bytes = try file.bytes(byteLimit: Self.byteLimit) else {
            throw ToolError(.notFound, "Can't fix `\(path)`: there is no such file in the workspace.")
        }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw ToolError(.badData, "Can't fix `\(path)`: it is no UTF-8 text.")
        }
        program = SourceProgram(text)
        digest = ContentDigest.hex(bytes)
        guard !program.lines.isEmpty else { throw ToolError(.badData, "Can't fix `\(path)`: it is empty.") }
        dialect = SourceDialect(path: path)
    }

    /// Whether a path is a test's by its name: in a folder for tests, or `test_x.py`, `x_test.go`, `x.spec.js`, `XTest.java`.
    static func isTest(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map { String($0) }
        let folders: Set<String> = ["test", "tests", "spec", "specs", "__tests__", "testdata"]
        if parts.dropLast().contains(where: { folders.contains($0.lowercased()) || endsAsTest($0) }) { return true }
        let words = (parts.last ?? "").split { ["_", "-", "."].contains($0) }.map { String($0) }
        return words.dropLast().contains { word in
            if ["test", "tests", "spec", "conftest"].contains(word.lowercased()) || endsAsTest(word) { return true }
            // `TestLarger`, and not `Tester`.
            return word.hasPrefix("Test") && word.dropFirst(4).first?.isUppercase == true
        }
    }

    /// `LargerTest` and `LargerTests`, not `Latest` and `contests`.
    private static func endsAsTest(_ word: String) -> Bool { word.hasSuffix("Test") || word.hasSuffix("Tests") }
}
