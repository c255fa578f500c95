/// The arguments of the C helper between bubblewrap and the command, and of its part before bubblewrap.
enum HelperArguments {
    /// Where the helper lies inside: bubblewrap copies it there from descriptor 3, which `enter` opened.
    static let pathInside = "/sandbox-helper"
    static let descriptor = 3

    /// Before bubblewrap: control groups, identity, descriptors.
    static func enter(_ plan: SandboxPlan, joining groups: [String]) -> [String] {
        var list = ["enter"]
        for path in groups { list += ["--join", path] }
        if let user = plan.userToBecome { list += ["--user", "\(user)"] }
        if !plan.layers.has(.descriptors) { list.append("--keep-descriptors") }
        return list + ["--"]
    }

    /// After bubblewrap: workspace, limits, Landlock, seccomp, the command.
    static func inside(_ plan: SandboxPlan) -> [String] {
        let profile = plan.profile
        var list = [pathInside, "inside", "--folder", plan.folder]
        if plan.hasWorkspace { list += ["--workspace", SandboxPlan.workspace, "--send-workspace"] }
        if plan.layers.has(.processes) { list.append("--send-init") }
        if plan.layers.has(.resourceLimits) { list += limits(profile) }
        if plan.layers.has(.landlock) {
            list.append("--landlock")
            if profile.landlock == .optional { list.append("--landlock-optional") }
            if profile.network == .loopback { list.append("--allow-tcp") }
            list += ["--list", "/"]
            for path in plan.readablePaths { list += ["--read", path] }
            for path in plan.writablePaths { list += ["--write", path] }
        }
        if plan.layers.has(.seccomp) { list.append("--seccomp") }
        if plan.isProgramByDescriptor { list.append("--program-descriptor") }
        return list + ["--", plan.program] + plan.arguments
    }

    /// The hard processor limit lies one second above the soft one, so that a program first gets SIGXCPU, which names
    /// the limit, and then SIGKILL. One byte of core rather than none: only that number keeps the kernel from handing
    /// the crash to a program outside where `core_pattern` names one, and a file needs more (core(5)).
    private static func limits(_ profile: SandboxProfile) -> [String] {
        let seconds = max(profile.cpuLimit.roundedUpSeconds, 1)
        return [
            "core=1:1", "cpu=\(seconds):\(seconds + 1)",
            "file-size=\(profile.largestFile):\(profile.largestFile)",
            "files=\(profile.openFileLimit):\(profile.openFileLimit)",
            "processes=\(profile.processLimit):\(profile.processLimit)",
        ].flatMap { ["--limit", $0] }
    }
}
