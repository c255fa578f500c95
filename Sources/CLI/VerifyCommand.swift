import ArgumentParser
import Foundation
import JSONSchemas
import RunJournal

/// `warrant verify`.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that the journal was not changed since it was written.",
        discussion: """
            Recomputes every entry's hash, everything that is derived from entries, every body, and every signed \
            checkpoint: those in the database, the copies in `checkpoints/` beside it, those in the folders that \
            $XDG_CONFIG_HOME/warrant/checkpoints.conf lists (one a line), and those you name.

            It says up to which entry a signature covers the journal. Entries after that may be cut off or written \
            anew by whoever can write to the file; a checkpoint that was kept elsewhere shows it, and the last line says \
            how far one outside the state folder reaches. The key in `keys/` lies within reach of the same person: --key \
            takes a copy that doesn't, and then something must be there that it signed.

            Exit codes of its own: 0 intact, 1 tampered, 2 incomplete (a body is gone and no record says why), 3 cannot \
            tell (unreadable, another format, no key, nothing signed with the one given). --schema prints the JSON Schema \
            of --json.
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("A file with checkpoints that was kept elsewhere; may be repeated.", valueName: "FILE"))
    var checkpoint: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("The public key, instead of the one in the state folder.", valueName: "FILE"))
    var key: String?

    @Flag(name: .long, help: "One JSON value.")
    var json = false

    @Flag(name: .long, help: "Print the JSON Schema of --json.")
    var schema = false

    func run() async throws {
        if schema {
            return try await Output.reporting { Output.result(try Surroundings().schemaText("verify")) }
        }
        let report: ChainReport
        do {
            let surroundings = try Surroundings()
            let publicKey = try key.map { try JournalPublicKey.read(path: Surroundings.absolute($0)) }
            guard FileManager.default.fileExists(atPath: surroundings.journalPath) else {
                throw try absence(in: surroundings, publicKey)
            }
            report = try surroundings.journal().verifyChain(
                key: publicKey, checkpoints: checkpoint.map(Surroundings.absolute))
        } catch {
            // Damage that ends the reading is no reason for doubt: what was written could be read. Nor is a journal that
            // lies, empty, beside the checkpoints of another, or is gone although a checkpoint says what it held.
            let isDamaged = [.corrupt, .rolledBack].contains((error as? JournalError)?.code)
            let sentence = CommandFailure(error).description
            Output.message("warrant: " + Terminal.visible(sentence))
            let exit = isDamaged ? 1 : 3
            if json {
                Output.result([
                    "outcome": isDamaged ? "tampered" : "cannot_tell", "exit": .integer(exit), "intact": false,
                    "problems": [
                        ["kind": isDamaged ? "tampered" : "cannot_tell", "entry": .null, "sentence": .string(sentence)]
                    ],
                ])
            }
            throw ExitCode(Int32(exit))
        }
        if json {
            Output.result(Self.json(report))
        } else {
            for problem in report.problems { Output.result(Terminal.visible(problem.sentence)) }
            for erasure in report.erasures {
                Output.result(
                    Terminal.visible("\(Self.count(erasure.count, "body", "bodies")) removed by \(erasure.person)"))
            }
            for remark in report.remarks { Output.result(Terminal.visible(remark)) }
            Output.result(Terminal.visible(Self.summary(report)))
        }
        if let worst = report.worst { throw ExitCode(Self.exit(worst)) }
    }

    /// Why there is nothing to verify. A checkpoint that is named says how much there was.
    private func absence(in surroundings: Surroundings, _ key: JournalPublicKey?) throws -> any Error {
        var verifier = key
        let ownKey = "\(surroundings.home)/keys/journal-ed25519.pub"
        if verifier == nil, FileManager.default.fileExists(atPath: ownKey) {
            verifier = try JournalPublicKey.read(path: ownKey)
        }
        if let verifier {
            for path in checkpoint.map(Surroundings.absolute) {
                guard let newest = try Checkpoint.newest(in: path, signedBy: verifier) else { continue }
                return JournalError(
                    .corrupt, operation: "verify the journal",
                    reason:
                        "there is none at `\(surroundings.journalPath)`, and by the checkpoint in `\(path)` journal `\(newest.journal)` had \(newest.sequence) entries",
                    fix: "It was removed or moved. Put it back, or set `WARRANT_HOME`.")
            }
        }
        return CommandFailure(
            .notFound, "Can't verify the journal: there is none at `\(surroundings.journalPath)`.")
    }

    private static func exit(_ kind: ChainReport.Problem.Kind?) -> Int32 {
        switch kind {
        case nil: 0
        case .tampered: 1
        case .incomplete: 2
        case .cannotTell: 3
        }
    }

    private static func outcome(_ kind: ChainReport.Problem.Kind?) -> String {
        switch kind {
        case nil: "intact"
        case .tampered: "tampered"
        case .incomplete: "incomplete"
        case .cannotTell: "cannot_tell"
        }
    }

    /// What was found in one line, which never says just that all is well.
    private static func summary(_ report: ChainReport) -> String {
        let found =
            switch report.worst {
            case nil: "intact"
            case .cannotTell: "cannot tell"
            case .incomplete: "incomplete"
            case .tampered: "tampered"
            }
        let coverage = report.coverage
        let signed: String
        if coverage.sequence == 0 {
            signed = "no checkpoint is verified; \(unsigned(report.entryCount))"
        } else {
            signed =
                "verified up to the checkpoint of entry \(coverage.sequence) (external: \(external(report))); "
                + unsigned(report.unsignedCount, after: true)
        }
        return
            "\(found): \(count(report.entryCount, "entry", "entries")), head \(report.head.hash.prefix(16)); \(signed)"
    }

    /// How far a checkpoint outside the state folder reaches, and where the newest is kept.
    private static func external(_ report: ChainReport) -> String {
        let coverage = report.coverage
        if coverage.isExternal { return "yes" + (coverage.externalFile.map { ", in \($0)" } ?? "") }
        guard let file = coverage.externalFile else { return "no" + (coverage.file.map { ", in \($0)" } ?? "") }
        return "up to entry \(coverage.externalSequence), in \(file), and for "
            + "\(count(report.onlyInsideCount, "entry", "entries")) after it no"
    }

    private static func unsigned(_ number: Int, after: Bool = false) -> String {
        "\(count(number, "entry", "entries"))\(after ? " after it" : "") \(number == 1 ? "is" : "are") unsigned"
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    private static func json(_ report: ChainReport) -> JSONValue {
        let coverage = report.coverage
        return [
            "outcome": .string(outcome(report.worst)), "exit": .integer(Int(exit(report.worst))),
            "intact": .bool(report.isIntact), "entries": .integer(report.entryCount),
            "head": .string(report.head.hash), "signed_to": .integer(coverage.sequence),
            "unsigned": .integer(report.unsignedCount), "external": .bool(coverage.isExternal),
            "checkpoint_file": coverage.file.map { .string($0) } ?? .null,
            "external_to": .integer(coverage.externalSequence),
            "external_file": coverage.externalFile.map { .string($0) } ?? .null,
            "checkpoints": .integer(coverage.checkpointCount),
            "key": coverage.keyIdentifier.map { .string($0) } ?? .null,
            "erased": .array(
                report.erasures.map { ["person": .string($0.person), "bodies": .integer($0.count)] }),
            "remarks": .array(report.remarks.map { .string($0) }),
            "problems": .array(
                report.problems.map { problem in
                    [
                        "kind": .string(outcome(problem.kind)),
                        "entry": problem.sequence.map { .integer($0) } ?? .null,
                        "sentence": .string(problem.sentence),
                    ]
                }),
        ]
    }
}
