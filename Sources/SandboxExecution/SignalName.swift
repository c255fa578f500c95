/// Names for the signals that end test programs.
enum SignalName {
    /// `11 (SIGSEGV)`, or only the number of a signal without a well-known name.
    static func describe(_ signal: Int32) -> String {
        guard let name = names[signal] else { return "\(signal)" }
        return "\(signal) (\(name))"
    }

    private static let names: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS",
        8: "SIGFPE", 9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM",
        15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]
}
