/// What a call does with the tables of its run.
public enum RunTableUse: Hashable, Sendable {
    /// It fills this one.
    case writes(String)
    /// It reads these; nil for any.
    case reads([String]?)
}
