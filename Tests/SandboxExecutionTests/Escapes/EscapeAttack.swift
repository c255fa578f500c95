import SandboxExecution
import Testing

/// One thing that a hostile command does, with what has to happen to it.
///
/// An attack that is denied proves little by itself: it may only have been badly made. So each is tried again without
/// the layers that are there to stop it, and has to work then. Both times the same ``attempt(without:roomier:)`` says
/// what happened.
struct EscapeAttack: Sendable, CustomTestStringConvertible {
    /// Its row in the design's table of attacks; from 57 on, rows that the table lacks.
    let number: Int
    /// What is done, in a few words.
    let name: String
    /// How to see that it would work if nothing stopped it.
    let control: EscapeControl
    /// What counts as having been stopped.
    let denial: EscapeDenial
    /// Whether only a caller that is root can be attacked this way.
    let needsRoot: Bool
    /// Sets up what is attacked, and says what to run.
    let prepare: @Sendable (EscapeGround) throws -> EscapeAttempt

    init(
        _ number: Int, _ name: String, _ control: EscapeControl, denial: EscapeDenial = .refused,
        needsRoot: Bool = false, prepare: @escaping @Sendable (EscapeGround) throws -> EscapeAttempt
    ) {
        self.number = number
        self.name = name
        self.control = control
        self.denial = denial
        self.needsRoot = needsRoot
        self.prepare = prepare
    }

    /// An attack that needs nothing but the probe's arguments.
    init(
        _ number: Int, _ name: String, _ control: EscapeControl, denial: EscapeDenial = .refused, probe: String...
    ) {
        self.init(number, name, control, denial: denial) { _ in EscapeAttempt(probe: probe) }
    }

    var testDescription: String { "\(number) \(name)" }
}

/// How an attack is shown to work.
enum EscapeControl: Sendable {
    /// Without these layers, each of which stops it alone; `also` are off too, because they do so together.
    case withoutLayers([SandboxLayer], also: Set<SandboxLayer> = [])
    /// With a wider limit: what stops it can't be turned off without letting it loose on the machine.
    case roomier(@Sendable (inout SandboxProfile) -> Void)
    /// Not at all, and why.
    case none(because: String)

    /// Without the layers where the machine has what the attack is about; else not at all.
    static func withoutLayers(_ layers: [SandboxLayer], if isThere: Bool, else reason: String) -> EscapeControl {
        isThere ? .withoutLayers(layers) : .none(because: reason)
    }
}

/// What counts as having stopped an attack.
enum EscapeDenial: Hashable, Sendable {
    /// The kernel said no, so that the probe ends with status 1.
    case refused
    /// This limit ended the command; with only some of the layers, it may also be the kernel that said no.
    case limit(String)
    /// Either of both.
    case refusedOrLimit(String)
    /// Nothing: the command comes to its end either way, and what counts is what is found outside.
    case harmless
}

/// What came of an attack.
enum EscapeVerdict: Hashable, Sendable, CustomStringConvertible {
    case worked(String)
    case denied(String, limit: String?)
    /// It neither worked nor was it stopped, so that it proves nothing.
    case unclear(String)

    var hasWorked: Bool { if case .worked = self { true } else { false } }
    var isDenied: Bool { if case .denied = self { true } else { false } }

    var description: String {
        switch self {
        case .worked(let text): "it worked: \(text)"
        case .denied(let text, _): "it was denied: \(text)"
        case .unclear(let text): "it was neither stopped nor did it work: \(text)"
        }
    }
}

extension EscapeAttack {
    /// The layers each of which stops it alone.
    var layers: [SandboxLayer] { if case .withoutLayers(let layers, _) = control { layers } else { [] } }

    /// Tries it on new ground.
    func attempt(without layers: Set<SandboxLayer> = [], roomier: Bool = false) async throws -> EscapeVerdict {
        let ground = try EscapeGround()
        var attempt = try prepare(ground)
        if roomier, case .roomier(let widen) = control { widen(&attempt.profile) }
        return try await attempt.verdict(on: ground, expecting: denial, without: layers)
    }

    /// Why the whole sandbox does not hold against it; empty when it does. With layers off, the answer is that of the
    /// same question to a sandbox that lacks them.
    func objections(without layers: Set<SandboxLayer> = []) async throws -> [String] {
        let verdict = try await attempt(without: layers)
        guard case .denied(let text, let limit) = verdict else { return ["\(verdict)"] }
        if case .limit(let name) = denial, limit != name { return ["not by the limit `\(name)`: \(text)"] }
        return []
    }

    /// Tries both arms: first that the attack works where nothing stops it, then that the whole sandbox does.
    func check() async throws {
        switch control {
        case .withoutLayers(let layers, let also):
            let verdict = try await attempt(without: also.union(layers))
            #expect(verdict.hasWorked, "\(testDescription) without \(layers): \(verdict)")
        case .roomier:
            let verdict = try await attempt(roomier: true)
            #expect(verdict.hasWorked, "\(testDescription) with a wider limit: \(verdict)")
        case .none: break
        }
        let objections = try await objections()
        #expect(objections == [], "\(testDescription)")
    }
}
