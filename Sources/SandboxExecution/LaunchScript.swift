/// The constant script that starts the command inside the finished sandbox.
///
/// bubblewrap ends with status 1 both when its own set-up fails and when the command exits with 1. So the
/// script first writes a marker on standard error: without the marker nothing of the command has run, and
/// whatever is on standard error came from bubblewrap. The command cannot forge its absence, because the
/// marker is written before the command starts.
enum LaunchScript {
    static let startedMarker = Array("\u{1}sandbox:started\n".utf8)
    static let missingMarker = Array("\u{1}sandbox:missing\n".utf8)
    static let failedMarker = Array("\u{1}sandbox:exec-failed\n".utf8)

    /// The shell's arguments, up to and including the command's own.
    ///
    /// `ulimit` counts files in blocks of 512 bytes; processes are `-u` in bash and `-p` in dash. A limit that cannot be set is one that is already lower.
    /// The hard processor limit lies one second above the soft one, so that a program first gets SIGXCPU,
    /// which names the limit, and then SIGKILL. The exit trap runs only when `exec` has failed.
    static func arguments(program: String, arguments: [String], profile: SandboxProfile) -> [String] {
        let script = """
            ulimit -c 0
            ulimit -S -t "$1" 2>/dev/null; ulimit -H -t "$2" 2>/dev/null
            ulimit -f "$3" 2>/dev/null; ulimit -n "$4" 2>/dev/null
            { ulimit -u "$5" || ulimit -p "$5"; } 2>/dev/null
            shift 5
            if [ ! -x "$1" ] || [ -d "$1" ]; then printf '\\001sandbox:missing\\n' >&2; exit 127; fi
            printf '\\001sandbox:started\\n' >&2
            trap 'printf "\\\\001sandbox:exec-failed\\\\n" >&2' EXIT
            exec "$@"
            """
        let seconds = max(profile.cpuLimit.roundedUpSeconds, 1)
        let blocks = max((profile.tmpByteLimit + 511) / 512, 1)
        return [
            "/bin/sh", "-c", script, "sandbox", "\(seconds)", "\(seconds + 1)", "\(blocks)",
            "\(profile.openFileLimit)", "\(profile.processLimit)", program,
        ] + arguments
    }

    /// What the beginning of standard error says about the launch.
    enum Report: Equatable {
        /// The command was started; its own output begins after this many bytes.
        case started(markerEnd: Int)
        /// The sandbox stands, but the program is not in it.
        case missing
        /// The sandbox was not finished.
        case notReached
    }

    static func report(in prefix: ArraySlice<UInt8>) -> Report {
        if let end = prefix.end(of: startedMarker) { return .started(markerEnd: end) }
        return prefix.end(of: missingMarker) == nil ? .notReached : .missing
    }
}

extension Collection<UInt8> where Index == Int {
    /// The index after the first occurrence of `pattern`.
    func end(of pattern: [UInt8]) -> Int? {
        guard let first = pattern.first else { return startIndex }
        var rest = self[startIndex..<endIndex]
        while let found = rest.firstIndex(of: first) {
            if self[found..<endIndex].starts(with: pattern) { return found + pattern.count }
            rest = self[(found + 1)..<endIndex]
        }
        return nil
    }
}
