import Provenance
import Testing

@Suite struct LabelTests {
    private static let file = Source(step: "load", tool: "file.read", pointer: "/rows/0")
    private static let issue = Source(step: "similar", tool: "issue.find", pointer: "/items/0/id")

    /// Every combination of integrity, readers and sources that the laws below are tried on.
    private static let samples: [Label] = Integrity.allCases.flatMap { integrity in
        [Readers.everyone, .only(["qa"]), .only(["qa", "support"]), .only([])].flatMap { readers in
            [[], [file], [file, issue]].map { Label(integrity: integrity, readers: readers, sources: $0) }
        }
    }

    @Test func `joining takes the lowest integrity, common readers and all sources`() {
        let left = Label(integrity: .trusted, readers: .only(["qa", "support"]), sources: [Self.file])
        let right = Label(integrity: .endorsed, readers: .only(["support", "dev"]), sources: [Self.issue])
        let joined = left.joined(with: right)
        #expect(joined.integrity == .endorsed)
        #expect(joined.readers == .only(["support"]))
        #expect(joined.sources == [Self.file, Self.issue])
    }

    @Test func `joining is commutative, associative and idempotent`() {
        for a in Self.samples {
            #expect(a.joined(with: a) == a)
            for b in Self.samples {
                #expect(a.joined(with: b) == b.joined(with: a))
                for c in Self.samples where c.integrity != .trusted {
                    #expect(a.joined(with: b).joined(with: c) == a.joined(with: b.joined(with: c)))
                }
            }
        }
    }

    @Test func `a join never permits more than either side`() {
        let audiences: [Readers] = [.everyone, .only(["qa"]), .only(["support"]), .only([])]
        for a in Self.samples {
            for b in Self.samples {
                let joined = a.joined(with: b)
                #expect(joined.integrity <= a.integrity && joined.integrity <= b.integrity)
                #expect(joined.sources.isSuperset(of: a.sources))
                for audience in audiences where joined.readers.allow(audience) {
                    #expect(a.readers.allow(audience) && b.readers.allow(audience))
                }
            }
        }
    }

    @Test func `joining nothing is the neutral element`() {
        let neutral = Label.joining([])
        for label in Self.samples { #expect(neutral.joined(with: label) == label) }
        #expect(
            Label.joining([.trusted(Self.file), .untrusted(Self.issue)]) == .untrusted(Self.file, Self.issue))
    }

    @Test func `lowering never raises integrity`() {
        for label in Self.samples {
            for limit in Integrity.allCases {
                #expect(label.lowered(to: limit).integrity == min(label.integrity, limit))
            }
        }
    }

    @Test func `integrity names round-trip and an unknown name gives nothing`() {
        for integrity in Integrity.allCases { #expect(Integrity(name: integrity.name) == integrity) }
        #expect(Integrity(name: "Trusted") == nil)
    }

    @Test func `workflow and input sources are told apart from steps of the same name`() {
        #expect(Source.workflow().isWorkflow && Source.input("project").isInput)
        #expect(!Source(step: "inputs", tool: "file.read").isInput)
        #expect(!Source(step: "workflow", tool: "file.read").isWorkflow)
        #expect(Self.issue.description == "similar (issue.find) /items/0/id")
    }
}
