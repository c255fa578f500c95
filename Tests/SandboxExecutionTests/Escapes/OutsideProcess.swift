import Foundation

/// A process of the test outside of the sandbox, which sleeps until the value's life ends.
final class OutsideProcess: Sendable {
    let identifier: pid_t
    /// Its only argument: a number of seconds that nobody else sleeps for.
    let mark: String

    init() throws {
        mark = sleepMark()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = [mark]
        try process.run()
        identifier = process.processIdentifier
    }

    deinit { kill(identifier, SIGKILL) }

    /// One that has ended keeps its number for a while, but not its arguments.
    var isAlive: Bool {
        let line = FileManager.default.contents(atPath: "/proc/\(identifier)/cmdline") ?? Data()
        return line.split(separator: 0).last == Data(mark.utf8)
    }
}

/// Processes that a sandbox has left behind.
enum Leftover {
    /// A mark that no other run has.
    static func mark() -> String { "left-\(UUID().uuidString.lowercased())" }

    /// How many processes of the probe linger with that mark in their arguments.
    static func count(marked mark: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            guard name.allSatisfy(\.isNumber), let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
            else { return false }
            return line.split(separator: 0).dropFirst().starts(with: [Data("linger".utf8), Data(mark.utf8)])
        }.count
    }

    /// Waits until so many do; returns how many there are in the end.
    static func waitFor(_ wanted: Int, marked mark: String) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(90)
        while count(marked: mark) != wanted, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        return count(marked: mark)
    }
}
