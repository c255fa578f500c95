import Foundation

/// A controlling terminal for a process that has none, as one started by hand has.
enum OwnTerminal {
    /// Makes a terminal and takes it; only for a process that leads no group, such as an exit test's.
    static func take() -> Bool {
        var keyboard: Int32 = -1
        var screen: Int32 = -1
        // Both numbers outlive the call, and nothing else is asked for.
        guard unsafe openpty(&keyboard, &screen, nil, nil, nil) == 0 else { return false }
        guard let name = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(screen)") else {
            return false
        }
        guard setsid() > 0 else { return false }
        // The first terminal that the leader of a session opens becomes its controlling one. Unsafe only for the path
        // pointer, which lives as long as the call.
        return unsafe open(name, O_RDWR) >= 0
    }
}
