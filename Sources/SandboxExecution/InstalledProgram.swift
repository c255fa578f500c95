/// Programs that belong to Warrant and are installed with it.
package enum InstalledProgram {
    /// Where the program of this name lies, or nil: beside this program's own file, where a build puts all of them, or
    /// in `libexec/warrant` beside its folder.
    package static func path(of name: String) -> String? {
        guard let own = HostPath.linkTarget("/proc/self/exe"), let slash = own.lastIndex(of: "/") else { return nil }
        let folder = own[..<slash]
        return ["\(folder)/\(name)", "\(folder)/../libexec/warrant/\(name)"].first(where: HostPath.isExecutableFile)
    }
}
