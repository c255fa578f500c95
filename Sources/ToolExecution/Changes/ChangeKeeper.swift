/// Keeps what files were before a tool changes them.
public protocol ChangeKeeper: Sendable {
    /// Keeps bytes by their hash; they are durable when this returns.
    func store(_ bytes: [UInt8]) throws

    /// Records changes that are about to be made; they are on record when this returns.
    func record(_ changes: ChangeSet, at address: String) throws
}

/// Keeps nothing, for tools that are used without a record.
public struct KeepingNothing: ChangeKeeper {
    /// Keeps nothing.
    public init() {}

    /// See ``ChangeKeeper/store(_:)``.
    public func store(_ bytes: [UInt8]) {}

    /// See ``ChangeKeeper/record(_:at:)``.
    public func record(_ changes: ChangeSet, at address: String) {}
}
