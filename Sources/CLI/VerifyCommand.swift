import ArgumentParser
import JSONSchemas
import RunJournal

/// `warrant verify`.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that the journal was not changed since it was written.",
        discussion: """
            Exit codes of its own: 0 intact, 1 tampered, 2 incomplete, 3 cannot tell. Without a head kept elsewhere, \
            entries cut off at the end cannot be noticed.
            """)

    @Flag(name: .long, help: "One JSON value.")
    var json = false

    func run() async throws {
        let report: ChainReport
        do {
            report = try Surroundings().journal().verifyChain()
        } catch {
            Output.message("warrant: \(CommandFailure(error).description)")
            throw ExitCode(3)
        }
        let problems = report.problems.map(\.sentence)
        if json {
            Output.result([
                "entries": .integer(report.entryCount), "intact": .bool(report.isIntact),
                "head": .string(report.head.hash), "problems": .array(problems.map { .string($0) }),
            ])
        } else {
            for problem in problems { Output.result(problem) }
            Output.result(
                report.isIntact
                    ? "intact: \(report.entryCount) entries, head \(report.head.hash.prefix(16)); no external head to compare with"
                    : "not intact: \(problems.count) problem\(problems.count == 1 ? "" : "s") in \(report.entryCount) entries"
            )
        }
        if !report.isIntact { throw ExitCode(1) }
    }
}
