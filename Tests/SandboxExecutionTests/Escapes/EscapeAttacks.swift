import SandboxExecution
import Testing

/// All attacks of the suite, and what can be asked about them as a whole.
enum EscapeAttacks {
    static let all = files + processes + network + kernel + limits + leaks + imports

    /// One layer's own attack, and the other layers that have to be off for it.
    struct Guarded: Sendable {
        let attack: EscapeAttack
        let behind: Set<SandboxLayer>
    }

    /// Layers behind which another one always stops the same attack: without system calls that make namespaces there
    /// is nothing left for the rule against nested ones to stop.
    static let layersBehindOthers: [SandboxLayer: Set<SandboxLayer>] = [.nestedNamespaces: [.seccomp]]

    /// The first attack that nothing but this layer stops, once those that stand before it are off.
    static func sole(of layer: SandboxLayer) -> Guarded? {
        let behind = layersBehindOthers[layer] ?? []
        let attack = all.first { attack in
            guard case .withoutLayers(let layers, let also) = attack.control, also.isEmpty else { return false }
            return Set(layers).subtracting(behind) == [layer]
        }
        return attack.map { Guarded(attack: $0, behind: behind) }
    }

    /// The layers whose own attack can be tried by this caller.
    static var layersToTry: [SandboxLayer] {
        SandboxLayer.allCases.filter { HostFeature.isRoot || sole(of: $0)?.attack.needsRoot != true }
    }

    /// Every attack that several layers stop, with each of them.
    static var pairs: [Pair] {
        all.filter { $0.layers.count > 1 && (HostFeature.isRoot || !$0.needsRoot) }.flatMap { attack in
            attack.layers.map { Pair(attack: attack, layer: $0) }
        }
    }

    struct Pair: Sendable, CustomTestStringConvertible {
        let attack: EscapeAttack
        let layer: SandboxLayer

        var testDescription: String { "\(attack.testDescription), \(layer) alone" }

        /// Everything that stops the attack but the one layer.
        var others: Set<SandboxLayer> {
            guard case .withoutLayers(let layers, let also) = attack.control else { return [] }
            return also.union(layers).subtracting([layer])
        }
    }
}
