/// Where the C helper is installed.
enum HelperLocation {
    static let name = "sandbox-helper"

    /// Its path, where it is installed.
    static let path = InstalledProgram.path(of: name)
}
