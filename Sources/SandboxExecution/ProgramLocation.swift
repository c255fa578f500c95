/// Where a command's program is, seen from inside the sandbox.
enum ProgramLocation: Equatable {
    case found(String)
    case missing(reason: String)

    static let searchPath = ["/usr/local/bin", "/usr/bin", "/bin"]

    /// Looks for `program` on the host, in the places that the sandbox will show.
    static func find(_ program: String, workspace: String?, readOnlyPaths: [String]) -> ProgramLocation {
        if !program.contains("/") {
            guard let folder = searchPath.first(where: { HostPath.isExecutableFile("\($0)/\(program)") })
            else {
                return .missing(reason: "no such program in \(searchPath.joined(separator: ", "))")
            }
            return visible("\(folder)/\(program)", in: readOnlyPaths)
        }
        if !program.hasPrefix("/") {
            guard let workspace else { return .missing(reason: "there is no workspace to find it in") }
            return inWorkspace(program, workspace: workspace)
        }
        if HostPath.isInside(program, folder: "/workspace"), let workspace {
            return inWorkspace(String(program.dropFirst("/workspace/".count)), workspace: workspace)
        }
        if let workspace, HostPath.isInside(program, folder: workspace) {
            return inWorkspace(String(program.dropFirst(workspace.count + 1)), workspace: workspace)
        }
        guard HostPath.isExecutableFile(program) else {
            return .missing(reason: "no executable file there")
        }
        return visible(program, in: readOnlyPaths)
    }

    private static func inWorkspace(_ relative: String, workspace: String) -> ProgramLocation {
        guard HostPath.isExecutableFile("\(workspace)/\(relative)") else {
            return .missing(reason: "no executable file there in the workspace")
        }
        return .found("/workspace/\(relative)")
    }

    /// A path counts as visible when the file it finally names does.
    private static func visible(_ path: String, in readOnlyPaths: [String]) -> ProgramLocation {
        let roots = BubblewrapArguments.systemFolders + ["/etc/alternatives"] + readOnlyPaths
        let target = HostPath.resolved(path) ?? path
        for candidate in [path, target]
        where !roots.contains(where: { HostPath.isInside(candidate, folder: $0) }) {
            return .missing(
                reason:
                    "`\(candidate)` is not shown in the sandbox; name its folder in the profile's read-only paths"
            )
        }
        return .found(path)
    }
}
