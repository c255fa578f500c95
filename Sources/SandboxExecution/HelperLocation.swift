/// Where the C helper is installed.
enum HelperLocation {
    static let name = "sandbox-helper"

    /// Beside this program's own file, where a build puts both, or in `libexec/warrant` beside its folder.
    static let path: String? = {
        guard let own = HostPath.linkTarget("/proc/self/exe"), let slash = own.lastIndex(of: "/") else { return nil }
        let folder = own[..<slash]
        return ["\(folder)/\(name)", "\(folder)/../libexec/warrant/\(name)"].first(where: HostPath.isExecutableFile)
    }()
}
