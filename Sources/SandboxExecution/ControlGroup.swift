import Glibc
import SystemPackage

/// The control groups of one call: they bound what its processes use together, and count it.
final class ControlGroup: Sendable {
    /// Something that the call has used up.
    enum Limit: Hashable, Sendable {
        case memory, processes, processorTime
    }

    private struct Part: Sendable {
        let place: ControlGroupPlace
        let folder: String
    }

    private static let places = ControlGroupPlace.find()

    private let parts: [Part]
    private let cpuLimit: Duration

    /// Makes the groups and sets their limits.
    ///
    /// - Throws: ``SandboxError`` with ``SandboxError/Code/setUpFailed`` where the caller may not make any, or a limit
    ///   can't be set; nothing is left behind then.
    init(for profile: SandboxProfile, places: [ControlGroupPlace]? = nil) throws(SandboxError) {
        let places = places ?? Self.places
        let missing = ControlGroupPlace.needed.filter { name in !places.contains { $0.controllers.contains(name) } }
        guard missing.isEmpty else { throw Self.noneWritable(missing) }
        Self.removeAbandoned(in: places)
        // Random, because a process of the same number may have left groups, or may run in a container of its own.
        let name = "warrant-\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        cpuLimit = profile.cpuLimit
        var made: [Part] = []
        var failure: SandboxError?
        for place in places {
            let folder = "\(place.folder)/\(name)"
            // Unsafe, here and below, only for the path pointer, which lives as long as the call.
            guard unsafe mkdir(folder, 0o755) == 0 else {
                failure = Self.failure("make a control group in `\(place.folder)`")
                break
            }
            made.append(Part(place: place, folder: folder))
            let missed = Self.limits(profile, place).first { !HostPath.overwrite("\(folder)/\($0.0)", with: $0.1) }
            if let missed {
                failure = Self.failure("set `\(missed.0)` of a control group")
                break
            }
            Self.setOptional(place, folder)
        }
        parts = made
        if let failure {
            for part in made { _ = unsafe rmdir(part.folder) }
            throw failure
        }
    }

    /// The files that a process writes 0 to, to be counted and bounded from then on.
    var joinPaths: [String] { parts.map { "\($0.folder)/cgroup.procs" } }

    /// The first limit that has been reached, or nil.
    func limitReached() -> Limit? {
        for part in parts {
            let has = part.place.controllers.contains
            let ended = part.place.isVersion2 ? "memory.events" : "memory.oom_control"
            if has("memory"), Self.count("oom_kill", in: "\(part.folder)/\(ended)") > 0 { return .memory }
            if has("pids"), Self.count("max", in: "\(part.folder)/pids.events") > 0 { return .processes }
            if has("cpuacct"), processorTime(of: part) > cpuLimit { return .processorTime }
        }
        return nil
    }

    /// The most memory that was in use at one time, in bytes; nil where the kernel doesn't tell (memory.peak is there
    /// since Linux 5.19).
    var memoryPeakByteCount: Int? {
        for part in parts where part.place.controllers.contains("memory") {
            let name = part.place.isVersion2 ? "memory.peak" : "memory.max_usage_in_bytes"
            if let text = HostPath.contents("\(part.folder)/\(name)"), let count = Int(text.prefix { $0.isNumber }) {
                return count
            }
        }
        return nil
    }

    /// Ends whatever is still in the groups and removes them; false where a process can't be ended.
    func remove() async -> Bool {
        var areGone = true
        for part in parts {
            var isGone = false
            for _ in 0..<1000 where !isGone {
                isGone = unsafe rmdir(part.folder) == 0 || errno == ENOENT
                if isGone { break }
                for process in (HostPath.contents("\(part.folder)/cgroup.procs") ?? "").split(separator: "\n") {
                    if let number = pid_t(process), number > 1, number != getpid() { _ = kill(number, SIGKILL) }
                }
                try? await Task.sleep(for: .milliseconds(1))
            }
            areGone = areGone && isGone
        }
        return areGone
    }

    /// Removes groups that a killed process of this name left behind. They are empty: their processes died with it.
    private static func removeAbandoned(in places: [ControlGroupPlace]) {
        for place in places {
            for name in HostPath.names(in: place.folder) where name.hasPrefix("warrant-") {
                let words = name.split(separator: "-")
                guard words.count == 3, let process = pid_t(words[1]), kill(process, 0) != 0, errno == ESRCH else {
                    continue
                }
                _ = unsafe rmdir("\(place.folder)/\(name)")
            }
        }
    }

    private static func limits(_ profile: SandboxProfile, _ place: ControlGroupPlace) -> [(String, String)] {
        var list: [(String, String)] = []
        if place.controllers.contains("memory") {
            list.append((place.isVersion2 ? "memory.max" : "memory.limit_in_bytes", "\(profile.memoryByteLimit)"))
        }
        if place.controllers.contains("pids") { list.append(("pids.max", "\(profile.processLimit)")) }
        return list
    }

    /// What not every kernel has: memory in swap counts too, and the whole group ends when memory does.
    private static func setOptional(_ place: ControlGroupPlace, _ folder: String) {
        guard place.controllers.contains("memory") else { return }
        if place.isVersion2 {
            _ = HostPath.overwrite("\(folder)/memory.swap.max", with: "0")
            _ = HostPath.overwrite("\(folder)/memory.oom.group", with: "1")
        } else {
            _ = HostPath.overwrite("\(folder)/memory.swappiness", with: "0")
        }
    }

    /// How much processor time the processes have used together; nil where no group counts it.
    var processorTime: Duration? {
        parts.first { $0.place.controllers.contains("cpuacct") }.map { processorTime(of: $0) }
    }

    private func processorTime(of part: Part) -> Duration {
        if part.place.isVersion2 {
            return .microseconds(Self.count("usage_usec", in: "\(part.folder)/cpu.stat"))
        }
        let text = HostPath.contents("\(part.folder)/cpuacct.usage") ?? ""
        return .nanoseconds(Int64(text.prefix(while: \.isNumber)) ?? 0)
    }

    private static func count(_ key: String, in path: String) -> Int {
        for line in (HostPath.contents(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == key { return Int(words[1]) ?? 0 }
        }
        return 0
    }

    private static func failure(_ operation: String) -> SandboxError {
        let number = Errno(rawValue: errno)
        return SandboxError(
            .setUpFailed, operation: operation, reason: "\(number)",
            fix: "Run `warrant sandbox doctor` to see what this machine is missing.", systemError: number)
    }

    private static func noneWritable(_ controllers: [String]) -> SandboxError {
        let user = SandboxIdentity.caller
        let names = controllers.map { "`\($0)`" }.joined(separator: ", ")
        // Root may write wherever the file system lets it.
        let fix =
            user == 0
            ? "Let Warrant write to `/sys/fs/cgroup`: in a container it has to be mounted writable."
            : "With systemd, start Warrant by `systemd-run --user --scope -p Delegate=yes warrant ...`. Else, as root: "
                + "`for c in \(ControlGroupPlace.needed.joined(separator: " ")); do "
                + "mkdir -p /sys/fs/cgroup/$c/warrant-\(user) && chown -R \(user) /sys/fs/cgroup/$c/warrant-\(user); done`."
        return SandboxError(
            .setUpFailed, operation: "limit memory and processes of command",
            reason: "no control group for \(names) is writable for user \(user)", fix: fix)
    }
}
