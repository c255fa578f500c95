import Foundation

/// What a path leads to, symbolic links followed.
package enum PathKind: Hashable, Sendable {
    case missing
    case file
    case folder
    /// A device, a socket, a pipe.
    case other

    /// Looks at `path`.
    package static func of(_ path: String) -> PathKind {
        let real = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        guard let type = try? FileManager.default.attributesOfItem(atPath: real)[.type] as? FileAttributeType else {
            return .missing
        }
        switch type {
        case .typeRegular: return .file
        case .typeDirectory: return .folder
        default: return .other
        }
    }
}
