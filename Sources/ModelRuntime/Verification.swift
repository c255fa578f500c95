import Foundation
import JSONSchemas

/// The note beside weights, `NAME.gguf.verified`, that their hash was checked, so that loading a gigabyte
/// doesn't hash it each time. Who can write the note can write the weights' folder, and so the weights too.
struct Verification {
    private let path: String

    init(path: String) { self.path = path + ".verified" }

    /// Whether the file with this stamp had this hash when it was checked.
    func holds(for stamp: FileStamp, sha256: String) -> Bool {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
            let note = try? JSONValue(parsing: Array(data))
        else { return false }
        return note == Self.note(stamp, sha256)
    }

    /// Notes a check. A folder that can't be written only costs the next check.
    func record(_ stamp: FileStamp, sha256: String) {
        let text = Self.note(stamp, sha256).serialized() + "\n"
        try? Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static func note(_ stamp: FileStamp, _ sha256: String) -> JSONValue {
        .object(
            JSONObject([
                ("size", .integer(stamp.byteCount)), ("modified", .integer(stamp.modified)),
                ("sha256", .string(sha256)),
            ]))
    }
}
