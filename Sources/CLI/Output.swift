import ArgumentParser
import Foundation
import JSONSchemas

/// Writes results to standard output and everything else to standard error.
enum Output {
    /// Serialized: two tasks never mix their lines.
    private static let lock = NSLock()

    static func result(_ line: String) {
        write(line + "\n", to: .standardOutput)
    }

    static func result(_ value: JSONValue) {
        result(value.serialized(.compact))
    }

    /// The same where nothing is of use to whoever doesn't get it; false where it can't be written.
    static func needed(_ line: String) -> Bool {
        lock.withLock { (try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))) != nil }
    }

    static func message(_ line: String) {
        write(line + "\n", to: .standardError)
    }

    static func raw(_ text: String) {
        write(text, to: .standardError)
    }

    /// The last line of a command with `--json` that is no run: it says the same as the exit code.
    static func verdict(_ outcome: String, exit: Int32, reason: String?) {
        result([
            "type": "verdict", "run": .null, "outcome": .string(outcome), "exit": .integer(Int(exit)), "output": .null,
            "waiting": [], "reason": reason.map { .string($0) } ?? .null,
        ])
    }

    private static func write(_ text: String, to handle: FileHandle) {
        lock.withLock {
            // A closed pipe is the reader's decision; the run itself goes on and is in the journal.
            try? handle.write(contentsOf: Data(text.utf8))
        }
    }

    /// Runs a command's body; an error becomes one sentence, a JSON line where asked for, and the documented code.
    static func reporting(json: Bool = false, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch let help as CleanExit {
            throw help
        } catch {
            let failure = CommandFailure(error)
            message("warrant: " + Terminal.visible(failure.description))
            if json {
                verdict("failed", exit: failure.code.rawValue, reason: failure.description)
            }
            throw ExitCode(failure.code.rawValue)
        }
    }
}
