import Foundation

/// What tells cheaply whether a file is still the one that was checked.
struct FileStamp: Hashable {
    let byteCount: Int
    /// In nanoseconds since 1970, as far as the file system keeps them.
    let modified: Int

    /// Nil when there is no regular file.
    init?(path: String) {
        // `NSURL` caches attributes; the file manager asks each time.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: Self.resolved(path)),
            attributes[.type] as? FileAttributeType == .typeRegular,
            let size = attributes[.size] as? NSNumber, let date = attributes[.modificationDate] as? Date
        else { return nil }
        byteCount = size.intValue
        modified = Int(date.timeIntervalSince1970 * 1e6) * 1000
    }

    /// Weights may be kept elsewhere behind a link.
    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}
