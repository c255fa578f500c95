import Foundation
import Testing

/// A variable of this process, to look for inside.
enum CallerVariable {
    /// Those that every command has.
    private static let known: Set<String> = ["PATH", "LANG", "HOME", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_"]

    static func name() throws -> String {
        let names = ProcessInfo.processInfo.environment.keys.filter { !known.contains($0) }
        return try #require(names.min(), "this process has no variable that could leak")
    }
}
