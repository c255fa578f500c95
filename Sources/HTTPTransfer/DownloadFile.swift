import Foundation
import Synchronization

/// The file a download goes to. Opened with the first content, when the answer's status is known.
final class DownloadFile: Sendable {
    private struct State {
        var handle: FileHandle?
        var start = 0
        var failure: String?
    }

    private let path: String
    private let offset: Int
    private let state = Mutex(State())

    init(path: String, offset: Int) {
        self.path = path
        self.offset = offset
    }

    /// Where in the file this answer's content begins.
    var start: Int { state.withLock { $0.start } }

    /// Why the file could not be written.
    var failure: String? { state.withLock { $0.failure } }

    /// Appends `chunk` if `status` says that it is the file's content; false when that fails.
    func write(_ chunk: ArraySlice<UInt8>, status: Int) -> Bool {
        guard status == 200 || status == 206 else { return true }
        return state.withLock { state in
            do {
                let handle = try state.handle ?? open(at: status == 206 ? offset : 0, &state)
                try handle.write(contentsOf: Data(chunk))
                return true
            } catch {
                state.failure = String(describing: error)
                return false
            }
        }
    }

    func close() {
        state.withLock { state in
            do {
                try state.handle?.synchronize()
                try state.handle?.close()
            } catch {
                state.failure = state.failure ?? String(describing: error)
            }
            state.handle = nil
        }
    }

    private func open(at start: Int, _ state: inout State) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: UInt64(start))
        try handle.seek(toOffset: UInt64(start))
        state.handle = handle
        state.start = start
        return handle
    }
}
