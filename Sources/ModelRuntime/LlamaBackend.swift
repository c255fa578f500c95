import CLlama
import Synchronization

/// llama.cpp's process-wide state: started once, its log kept instead of printed.
enum LlamaBackend {
    /// The last lines at warning level or above, oldest first.
    private static let errorLines = Mutex<[String]>([])
    private static let errorLineLimit = 8

    private static let start: Void = {
        unsafe llama_log_set(keepLogLine, nil)
        llama_backend_init()
    }()

    /// Starts llama.cpp unless that has happened.
    static func ensureStarted() { _ = start }

    /// Forgets what was logged, so that the next lines belong to one operation.
    static func clearErrors() { errorLines.withLock { $0.removeAll() } }

    /// What llama.cpp had to say since the last `clearErrors`, in one line.
    static var errors: String? {
        let lines = errorLines.withLock { $0 }
        return lines.isEmpty ? nil : lines.joined(separator: "; ")
    }

    /// Which llama.cpp this is.
    static var version: String {
        // Both are constants of the library. State files have a version of their own.
        unsafe "\(String(cString: ggml_version())) \(String(cString: ggml_commit())) \(LLAMA_STATE_SEQ_VERSION)"
    }

    /// The processor's features that kernels were chosen for.
    static var processor: String {
        // Kept in a static buffer by llama.cpp and copied here.
        unsafe String(cString: llama_print_system_info())
    }

    fileprivate static func keep(_ line: String) {
        let trimmed = line.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard !trimmed.isEmpty else { return }
        errorLines.withLock { lines in
            // Vocabulary and weights are read side by side, and complain about a file in the same words.
            guard !lines.contains(trimmed) else { return }
            if lines.count == errorLineLimit { lines.removeFirst() }
            lines.append(trimmed)
        }
    }
}

@c private func keepLogLine(
    level: ggml_log_level, text: UnsafePointer<CChar>?, userData: UnsafeMutableRawPointer?
) {
    guard level == GGML_LOG_LEVEL_ERROR, let text = unsafe text else { return }
    // The text is only valid during the call, so it is copied.
    LlamaBackend.keep(unsafe String(cString: text))
}
