import Foundation
import Glibc
import SandboxExecution

/// What the tests of the workspace do to folders, without any of the code under test.
extension Scratch {
    func folder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
    }

    func setMode(_ mode: mode_t, of name: String) {
        // Unsafe only for the path pointer, which lives as long as the call.
        precondition(unsafe chmod(path + "/" + name, mode) == 0)
    }

    func pipe(_ name: String) {
        // Unsafe only for the path pointer, which lives as long as the call.
        precondition(unsafe mkfifo(path + "/" + name, 0o600) == 0)
    }

    /// A socket that somebody listens on until the test ends.
    func socket(_ name: String) {
        let descriptor = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let text = Array((path + "/" + name).utf8)
        // The address outlives the call, and its size is passed with it; the path is shorter than its place.
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe UnsafeMutableRawPointer(pointer).advanced(by: 2).copyMemory(from: text, byteCount: text.count)
            return unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(result == 0)
        close(descriptor)
    }

    /// A file that claims `byteCount` bytes and takes none.
    func sparseFile(_ name: String, byteCount: Int) throws {
        try write(name, "")
        // Unsafe only for the path pointer, which lives as long as the call.
        precondition(unsafe truncate(path + "/" + name, byteCount) == 0)
    }

    /// Folders in each other, made step by step: the path may become longer than the kernel takes at once.
    func nest(_ names: [String]) {
        // Unsafe only for the path pointers, which live as long as the calls.
        var place = unsafe open(path, O_RDONLY | O_DIRECTORY)
        for name in names {
            unsafe mkdirat(place, name, 0o700)
            let next = unsafe openat(place, name, O_RDONLY | O_DIRECTORY)
            precondition(next >= 0)
            close(place)
            place = next
        }
        close(place)
    }

    /// A file whose name need not be UTF-8.
    func write(nameBytes: [UInt8], _ text: String) {
        let name = (Array(path.utf8) + [0x2F] + nameBytes + [0]).map { CChar(bitPattern: $0) }
        let bytes = Array(text.utf8)
        // The name and the bytes live as long as the calls, and the true count is passed.
        let descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        precondition(unsafe descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    func linkTarget(_ name: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path + "/" + name)
    }

    /// The `0o7777` bits and whose it is, links not followed; nil when nothing is there.
    func attributes(_ name: String) -> (mode: mode_t, user: uid_t, isFolder: Bool)? {
        var status = stat()
        // The structure and the path outlive the call.
        guard unsafe lstat(path + "/" + name, &status) == 0 else { return nil }
        return (status.st_mode & 0o7777, status.st_uid, status.st_mode & S_IFMT == S_IFDIR)
    }

    func exists(_ name: String) -> Bool { attributes(name) != nil }

    /// All names below, sorted.
    var names: [String] {
        (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
    }
}

/// Text as a path below a folder, in tests where it is known to be one.
func path(_ text: String) throws -> ConfinedPath { try ConfinedPath(text) }
