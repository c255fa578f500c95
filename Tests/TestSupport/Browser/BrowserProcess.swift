import Foundation
import Glibc

/// A headless Chromium of a test's own, told what to do over two pipes. It is ended with the value.
///
/// Debian's package; `Scripts/test setup` installs it. Its profile lies in a folder of its own, and it reaches no host
/// but 127.0.0.1.
final class BrowserProcess: Sendable {
    static let executable = "/usr/bin/chromium"

    let identifier: pid_t
    /// Where commands go.
    let commands: Int32
    /// Where answers and events come from.
    let messages: Int32
    private let folder: TemporaryFolder

    init() throws {
        guard FileManager.default.isExecutableFile(atPath: Self.executable) else {
            throw BrowserFailure("Can't start a browser: there is no `\(Self.executable)`; run `Scripts/test setup`.")
        }
        folder = try TemporaryFolder()
        try folder.makeFolder("profile")
        let input = try Self.makePipe()
        let output = try Self.makePipe()
        defer {
            close(input.reading)
            close(output.writing)
        }
        do {
            identifier = try Self.spawn(
                Self.arguments(profile: folder.path("profile")), home: folder.path, input.reading, output.writing)
        } catch {
            close(input.writing)
            close(output.reading)
            throw error
        }
        commands = input.writing
        messages = output.reading
    }

    /// Ends the browser and the processes that it started, which are a group of their own.
    func end() {
        kill(-identifier, SIGKILL)
        _ = waitpid(identifier, nil, 0)
    }

    private static func arguments(profile: String) -> [String] {
        [
            executable, "--headless", "--remote-debugging-pipe", "--user-data-dir=" + profile, "--no-first-run",
            "--no-default-browser-check", "--disable-gpu", "--disable-extensions", "--disable-component-update",
            "--disable-background-networking", "--disable-sync", "--disable-default-apps", "--disable-breakpad",
            "--disable-domain-reliability", "--disable-dev-shm-usage", "--disable-background-timer-throttling",
            "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--metrics-recording-only",
            "--mute-audio", "--hide-scrollbars", "--no-proxy-server", "--force-color-profile=srgb",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            // What it shows is our own page, and its sandbox refuses to run as root.
            "--no-sandbox", "about:blank",
        ]
    }

    /// Both ends are closed in other programs and lie above the numbers at which the browser expects its own, so that
    /// putting one there never closes the other.
    private static func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        // SAFETY: the array outlives the call.
        guard unsafe pipe(&ends) == 0 else { throw BrowserFailure("Can't make a pipe: error \(errno).") }
        let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
        for end in ends { close(end) }
        guard moved.allSatisfy({ $0 >= 0 }) else { throw BrowserFailure("Can't move a pipe: error \(errno).") }
        return (moved[0], moved[1])
    }

    /// Starts the program with `reading` as its descriptor 3 and `writing` as 4, in a process group of its own.
    private static func spawn(_ arguments: [String], home: String, _ reading: Int32, _ writing: Int32) throws -> pid_t {
        let environment = ["HOME=" + home, "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TMPDIR=" + home, "TZ=UTC"]
        // SAFETY: the string lives for the call.
        let silence = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(silence) }
        // SAFETY: actions, attributes and the two lists of strings live until the call has returned; the lists end with
        // nil, and each of their strings is freed once.
        return try unsafe withStrings(arguments) { arguments in
            try unsafe withStrings(environment) { environment in
                var actions = unsafe posix_spawn_file_actions_t()
                unsafe posix_spawn_file_actions_init(&actions)
                defer { unsafe posix_spawn_file_actions_destroy(&actions) }
                for (from, to) in [(silence, 0), (silence, 1), (silence, 2), (reading, 3), (writing, 4)] {
                    unsafe posix_spawn_file_actions_adddup2(&actions, from, Int32(to))
                }
                var attributes = posix_spawnattr_t()
                unsafe posix_spawnattr_init(&attributes)
                defer { unsafe posix_spawnattr_destroy(&attributes) }
                unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
                unsafe posix_spawnattr_setpgroup(&attributes, 0)
                var identifier: pid_t = 0
                let status = unsafe posix_spawn(
                    &identifier, executable, &actions, &attributes, arguments, environment)
                guard status == 0 else { throw BrowserFailure("Can't start `\(executable)`: error \(status).") }
                return identifier
            }
        }
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws -> Result
    ) throws -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return try unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { throw BrowserFailure("Can't start a browser: no arguments.") }
            return try unsafe body(start)
        }
    }
}
