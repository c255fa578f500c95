import Glibc

/// As whom a sandbox is started.
enum SandboxIdentity {
    /// The user and group that root becomes, and that every command sees itself as: `nobody` on every Linux.
    static let sandboxUser: UInt32 = 65534

    /// The user this process acts as.
    static var caller: UInt32 { geteuid() }

    /// The user to become first; nil for a caller that is an ordinary user already.
    static func userToBecome(_ layers: SandboxLayers) -> UInt32? {
        geteuid() == 0 && layers.has(.identity) ? sandboxUser : nil
    }
}

/// The layers that a run uses.
struct SandboxLayers: Hashable, Sendable {
    private let off: Set<SandboxLayer>

    init(without off: Set<SandboxLayer> = []) { self.off = off }

    func has(_ layer: SandboxLayer) -> Bool { !off.contains(layer) }
}
