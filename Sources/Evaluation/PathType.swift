import Foundation

/// What lies at a path, symbolic links followed.
enum PathType {
    case file
    case folder
    /// Something else, or nothing.
    case other

    init(_ path: String) {
        let real = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        switch Self.kind(of: real) {
        case .typeRegular: self = .file
        case .typeDirectory: self = .folder
        default: self = .other
        }
    }

    /// What a path itself names, a symbolic link included.
    static func kind(of path: String) -> FileAttributeType {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType ?? .typeUnknown
    }
}
