/// The head of one record of a workspace archive.
///
/// An archive is records one after another until the end of the file, folders before what is in them. Each is a head of
/// 40 bytes, the path (relative, no empty, `.` or `..` parts, no NUL), and then the content. All numbers are little
/// endian:
///
/// | offset | size | what |
/// | --- | --- | --- |
/// | 0 | 1 | `D` folder, `F` regular file, `L` symbolic link |
/// | 1 | 1 | zero |
/// | 2 | 2 | permission bits, `0o777`: of a folder always with `0o700`, of a file always with `0o400`, of a link 0 |
/// | 4 | 4 | length of the path in bytes |
/// | 8 | 8 | length of the content in bytes: a file's bytes, a link's target, of a folder 0 |
/// | 16 | 8 | time of last change, whole seconds since 1970, signed |
/// | 24 | 4 | nanoseconds of that time |
/// | 28 | 12 | zero |
struct ArchiveRecord {
    static let headByteCount = 40

    let kind: EntryKind
    let mode: UInt16
    let pathByteCount: Int
    let contentByteCount: Int
    let modifiedSeconds: Int64
    let modifiedNanoseconds: UInt32

    init(of path: ConfinedPath, status: EntryStatus, contentByteCount: Int) {
        kind = status.kind
        mode = Self.mode(of: status)
        pathByteCount = path.bytes.count
        self.contentByteCount = contentByteCount
        modifiedSeconds = status.modifiedSeconds
        modifiedNanoseconds = status.modifiedNanoseconds
    }

    /// The permission bits of the copy. Its owner can always read it, and enter and fill its folders: the copy has to
    /// be unpacked and compared by an ordinary user.
    static func mode(of status: EntryStatus) -> UInt16 {
        switch status.kind {
        case .folder: status.mode | 0o700
        case .file: status.mode | 0o400
        default: 0
        }
    }

    /// The 40 bytes.
    var head: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headByteCount)
        bytes.append(kind == .folder ? UInt8(ascii: "D") : kind == .file ? UInt8(ascii: "F") : UInt8(ascii: "L"))
        bytes.append(0)
        Self.append(mode, to: &bytes)
        Self.append(UInt32(pathByteCount), to: &bytes)
        Self.append(UInt64(contentByteCount), to: &bytes)
        Self.append(modifiedSeconds, to: &bytes)
        Self.append(modifiedNanoseconds, to: &bytes)
        Self.append(UInt32(0), to: &bytes)
        Self.append(UInt64(0), to: &bytes)
        return bytes
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
