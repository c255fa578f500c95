import Foundation

/// Files that can only be added to, by the attribute that `chattr +a` sets.
enum AppendOnly {
    /// Whether this user may make such files where tests keep theirs.
    static let isAllowed: Bool = {
        let path = FileManager.default.temporaryDirectory.path + "/warrant-append-only-\(UUID().uuidString)"
        guard (try? Data().write(to: URL(fileURLWithPath: path))) != nil else { return false }
        let isSet = set(true, on: path)
        _ = set(false, on: path)
        try? FileManager.default.removeItem(atPath: path)
        return isSet
    }()

    /// Sets the attribute, or takes it away; false where that is not possible.
    static func set(_ isOn: Bool, on path: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["chattr", isOn ? "+a" : "-a", path]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
