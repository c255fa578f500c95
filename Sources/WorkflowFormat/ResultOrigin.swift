/// Where the content of a tool's result is from, which `warrant check` needs in order to say who can have written it.
public enum ResultOrigin: String, Hashable, Sendable, CaseIterable {
    /// From outside of the run too, such as a tracker or a web page: anybody may have written it.
    case outside
    /// From what the arguments are or name, such as a file or the tables of the run, and nothing else.
    case arguments
}
