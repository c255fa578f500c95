import Foundation
import Testing

/// The table of crashes names tests; one that was renamed or removed must not stay in it.
@Suite struct CrashMatrixTableTests {
    /// Names of suites and tests in a table, such as `` `LeaseTests`: "a test", "another" ``.
    private func named(in text: String) -> [(suite: String, test: String)] {
        text.split(separator: "\n").flatMap { line in
            line.matches(of: /`(\w+Tests)`: ((?:"[^"]+"(?:, )?)+)/).flatMap { match in
                match.output.2.matches(of: /"([^"]+)"/).map { (String(match.output.1), String($0.output.1)) }
            }
        }
    }

    private func isThere(_ suite: String, _ test: String) throws -> Bool {
        for target in try Repository.folders(in: "Tests") where target.hasSuffix("Tests") {
            guard try Repository.files(in: "Tests/\(target)").contains(suite + ".swift") else { continue }
            if try Repository.text(of: "Tests/\(target)/\(suite).swift").contains("func `\(test)`") { return true }
        }
        return false
    }

    @Test func `every test that the crash matrix names is there`() throws {
        let names = named(in: try Repository.text(of: "Tests/CrashMatrix.md"))
        #expect(names.count > 25)
        for (suite, test) in names {
            #expect(try isThere(suite, test), "`\(suite)` has no test \"\(test)\"")
        }
    }

    @Test func `a name that is not there is noticed`() throws {
        let names = named(
            in: "| x | y | `RunLeaseTests`: \"a test that nobody wrote\", \"letting go of a lease releases it\" |")
        #expect(names.map(\.test) == ["a test that nobody wrote", "letting go of a lease releases it"])
        #expect(try names.map { try isThere($0.suite, $0.test) } == [false, true])
    }

    @Test func `every row of the design is in the table`() throws {
        let text = try Repository.text(of: "Tests/CrashMatrix.md")
        let rows =
            (1...9).map { "K\($0)" } + (1...3).flatMap { ["D\($0)", "T\($0)"] } + (1...5).map { "P\($0)" } + [
                "C1", "C2", "N1",
            ]
        for row in rows { #expect(text.contains("\n| \(row) |"), "\(row)") }
    }
}
