import Foundation
import Testing

/// The attack program, which is built into the same folder as the tests.
enum SandboxProbe {
    static let name = "sandbox-probe"

    /// Copies it into a folder.
    static func copy(to folder: String) throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let built = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name)
        let copy = folder + "/" + name
        try FileManager.default.copyItem(at: built, to: URL(fileURLWithPath: copy))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy)
    }
}
