import SandboxExecution
import Testing

/// Whether the suite would notice that a layer is missing.
@Suite(.serialized) struct LayerTests {
    @Test(arguments: SandboxLayer.allCases)
    func `every layer has an attack that only it stops`(layer: SandboxLayer) {
        #expect(EscapeAttacks.sole(of: layer) != nil)
    }

    @Test func `a layer that stands behind another is named with it`() {
        for (layer, others) in EscapeAttacks.layersBehindOthers {
            let alone = EscapeAttacks.all.filter { $0.layers == [layer] }
            #expect(alone.map(\.testDescription) == [], "\(layer) has attacks of its own now, without \(others)")
        }
    }

    @Test(arguments: EscapeAttacks.layersToTry)
    func `the suite fails when a layer is off`(layer: SandboxLayer) async throws {
        let guarded = try #require(EscapeAttacks.sole(of: layer))
        let with = try await guarded.attack.objections(without: guarded.behind)
        #expect(with == [], "\(guarded.attack.testDescription) with \(layer)")
        let without = try await guarded.attack.objections(without: guarded.behind.union([layer]))
        #expect(without.contains { $0.hasPrefix("it worked") }, "\(guarded.attack.testDescription) without \(layer)")
    }

    @Test(arguments: EscapeAttacks.pairs)
    func `a layer holds when the others of an attack are off`(pair: EscapeAttacks.Pair) async throws {
        let verdict = try await pair.attack.attempt(without: pair.others)
        #expect(verdict.isDenied, "\(pair.attack.testDescription) with \(pair.layer) alone: \(verdict)")
    }

    @Test func `attacks have names of their own and reasons for a missing control arm`() {
        let names = EscapeAttacks.all.map(\.testDescription)
        #expect(Set(names).count == names.count)
        // Rows of the design's table that are shown to work where nothing stops them.
        let shown = EscapeAttacks.all.filter { if case .none = $0.control { false } else { $0.number <= 56 } }
        #expect(Set(shown.map(\.number)).count >= 45)
        for attack in EscapeAttacks.all {
            if case .none(let reason) = attack.control { #expect(!reason.isEmpty) }
        }
    }
}
