import Foundation
import Glibc
import SandboxExecution

/// Reads a workspace archive by its description alone, as the helper in the sandbox does.
struct ArchiveReader {
    struct Record: Equatable {
        let kind: Character
        let mode: UInt16
        let path: [UInt8]
        let content: [UInt8]
        let seconds: Int64
        let nanoseconds: UInt32

        var name: String { String(decoding: path, as: UTF8.self) }
        var text: String { String(decoding: content, as: UTF8.self) }
    }

    let records: [Record]

    init(_ snapshot: WorkspaceSnapshot) throws {
        // Opened anew, so that it begins at the start.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "/proc/self/fd/\(snapshot.descriptor)"))
        precondition(bytes.count == snapshot.byteCount)
        var records: [Record] = []
        var place = 0
        func number(_ offset: Int, _ size: Int) -> UInt64 {
            (0..<size).reduce(0) { $0 | UInt64(bytes[place + offset + $1]) << UInt64(8 * $1) }
        }
        while place < bytes.count {
            precondition(bytes[place + 1] == 0 && number(28, 4) == 0 && number(32, 8) == 0)
            let content = place + 40 + Int(number(4, 4))
            let end = content + Int(number(8, 8))
            records.append(
                Record(
                    kind: Character(Unicode.Scalar(bytes[place])), mode: UInt16(number(2, 2)),
                    path: Array(bytes[(place + 40)..<content]), content: Array(bytes[content..<end]),
                    seconds: Int64(bitPattern: number(16, 8)), nanoseconds: UInt32(number(24, 4))))
            place = end
        }
        self.records = records
    }

    subscript(name: String) -> Record? { records.first { $0.name == name } }

    /// Unpacks into an empty folder.
    func unpack(into folder: Scratch) throws {
        for record in records {
            let path = (Array(folder.path.utf8) + [0x2F] + record.path + [0]).map { CChar(bitPattern: $0) }
            // All pointers live as long as the calls they are passed to, and the true counts are passed.
            switch record.kind {
            case "D": precondition(unsafe mkdir(path, 0o700) == 0)
            case "F":
                let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
                precondition(
                    unsafe descriptor >= 0
                        && Glibc.write(descriptor, record.content, record.content.count) == record.content.count)
                close(descriptor)
            default:
                let target = record.content.map { CChar(bitPattern: $0) } + [0]
                precondition(unsafe symlink(target, path) == 0)
            }
        }
        for record in records.reversed() where record.kind != "L" {
            let path = (Array(folder.path.utf8) + [0x2F] + record.path + [0]).map { CChar(bitPattern: $0) }
            // Unsafe only for the path pointer, which lives as long as the call.
            precondition(unsafe chmod(path, mode_t(record.mode)) == 0)
        }
    }
}
