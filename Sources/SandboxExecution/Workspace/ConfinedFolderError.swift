import Glibc
import SystemPackage

/// Why an operation below a ``ConfinedFolder`` did not happen.
package enum ConfinedFolderError: Error, Hashable, Sendable {
    /// The path is absolute, empty, or holds `.`, `..` or a NUL byte.
    case invalidPath
    /// Nothing is there, or a folder on the way is missing.
    case missing
    /// A symbolic link lies on the way or at the end. It was not followed.
    case link
    /// Another file system is mounted on the way or at the end. It was not entered.
    case mountPoint
    /// Something is there that the operation must not replace.
    case exists
    /// Something else is there than the operation is for.
    case wrongKind(EntryKind)
    /// The file holds more bytes than were allowed.
    case tooLarge(byteLimit: Int)
    /// The folder holds more entries than were allowed.
    case tooMany(entryLimit: Int)
    /// It was changed by somebody else while it was used.
    case changed
    /// The kernel refused; the number is `errno`.
    case system(CInt)

    /// The error for what the kernel answered.
    init(_ error: Errno) {
        switch error {
        case .noSuchFileOrDirectory: self = .missing
        case .tooManySymbolicLinkLevels: self = .link
        case .improperLink: self = .mountPoint
        case .fileExists: self = .exists
        default: self = .system(error.rawValue)
        }
    }

    /// The error for what the kernel answered to the call just made.
    static var last: ConfinedFolderError { ConfinedFolderError(Errno(rawValue: errno)) }

    /// Whether the way to the entry was refused: it leads over a link, to another file system, or outside.
    package var isRefusal: Bool {
        switch self {
        case .invalidPath, .link, .mountPoint: true
        default: false
        }
    }

    /// Why, as words that fit after "Can't ...:".
    package var reason: String {
        switch self {
        case .invalidPath: "its path is not one below the folder"
        case .missing: "it does not exist"
        case .link: "a symbolic link lies on its way"
        case .mountPoint: "another file system is mounted on its way"
        case .exists: "it exists already"
        case .wrongKind(let kind): "it is \(kind.name)"
        case .tooLarge(let limit): "it holds more than \(ByteCount.readable(limit))"
        case .tooMany(let limit): "it holds more than \(limit) entries"
        case .changed: "it was changed meanwhile"
        case .system(let number): "\(Errno(rawValue: number))"
        }
    }

    /// The system error number, where the kernel gave one.
    var systemError: Errno? {
        if case .system(let number) = self { Errno(rawValue: number) } else { nil }
    }
}
