/// Why a folder was not walked to its end: a limit it breaks, or that it cannot be listed at all.
enum WorkspaceWalkFailure: Error, Hashable {
    case bytes(atLeast: Int, limit: Int)
    case entries(limit: Int)
    case depth(limit: Int, ConfinedPath)
    case pathBytes(Int, limit: Int)
    case unreadable(ConfinedFolderError)

    /// What is wrong, as words that fit after "Can't ...:".
    var reason: String {
        switch self {
        case .bytes(let count, let limit):
            "its files hold at least \(ByteCount.readable(count)), more than the limit of \(ByteCount.readable(limit))"
        case .entries(let limit): "it holds more than \(limit) files and folders, which is the limit"
        case .depth(let limit, let path):
            "`\(path)` lies \(path.parts.count) deep, more than the limit of \(limit)"
        case .pathBytes(let count, let limit):
            "it holds a path of \(count) bytes, more than the limit of \(limit) bytes"
        case .unreadable(let error): "it can't be read: \(error.reason)"
        }
    }
}
