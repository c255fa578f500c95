import Foundation
import Glibc

/// Runs `body` with the file permissions of an ordinary user, also where the tests run as root: nothing is closed to
/// root, and what a closed file does could be seen by nobody else.
///
/// The kernel keeps the user for file accesses by thread (setfsuid(2)) and takes root's file capabilities away with it,
/// so `body` must not wait for other threads that open files.
///
/// - Throws: What `body` throws.
public func asOrdinaryUser<Result>(_ body: () throws -> Result) throws -> Result {
    guard geteuid() == 0 else { return try body() }
    typealias SetUser = @convention(c) (uid_t) -> CInt
    // glibc has it, but not in a header that Swift imports. The type is the one in setfsuid(2).
    let found = unsafe dlsym(nil, "setfsuid")
    guard let symbol = unsafe found else { throw POSIXError(.ENOSYS) }
    let setUser = unsafe unsafeBitCast(symbol, to: SetUser.self)
    let nobody: uid_t = 65_534
    let before = setUser(nobody)
    defer { _ = setUser(uid_t(before)) }
    return try body()
}
