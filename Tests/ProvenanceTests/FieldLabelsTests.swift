import Provenance
import Testing

@Suite struct FieldLabelsTests {
    private static let found = Source(step: "found", tool: "issue.find")

    /// The labels of a tool's result: rows of anybody's words, with numbers that the tracker gave out.
    private static func rows() -> LabelMap {
        var labels = LabelMap(Label(integrity: .untrusted), trails: [found])
        labels.set(Label(integrity: .untrusted), at: ["rows"])
        labels.set(Label(integrity: .endorsed), at: ["rows", "*", "id"])
        labels.set(Label(integrity: .untrusted, readers: .only(["support"])), at: ["rows", "*", "body"])
        return labels
    }

    @Test func `the longest pattern gives a field's label, with its own place as source`() {
        let labels = Self.rows()
        let id = labels.at(["rows", "3", "id"]).label
        #expect(id == .endorsed(Source(step: "found", tool: "issue.find", pointer: "/rows/3/id")))
        #expect(labels.at(["rows", "0", "title"]).label.integrity == .untrusted)
        #expect(labels.at(["rows", "0", "body", "0"]).label.readers == .only(["support"]))
        #expect(labels.at(["count"]).label.sources == [Self.found.appending("count")])
    }

    @Test func `of two equally long patterns the one that names more decides`() {
        var labels = LabelMap(Label(integrity: .untrusted))
        labels.set(Label(integrity: .endorsed), at: ["*", "id"])
        labels.set(Label(integrity: .trusted), at: ["first", "id"])
        labels.set(Label(integrity: .untrusted), at: ["first"])
        #expect(labels.at(["first", "id"]).label.integrity == .trusted)
        #expect(labels.at(["second", "id"]).label.integrity == .endorsed)
        #expect(labels.at(["first", "name"]).label.integrity == .untrusted)
        // A longer pattern wins over a shorter one that names more.
        labels.set(Label(integrity: .endorsed), at: ["*", "deep", "x"])
        #expect(labels.at(["first", "deep", "x"]).label.integrity == .endorsed)
    }

    @Test func `a whole object or list has the join of everything in it`() {
        let labels = Self.rows()
        let row = labels.at(["rows", "1"])
        #expect(row.label.integrity == .untrusted)
        #expect(row.label.readers == .only(["support"]))
        #expect(row.label.sources.contains(Self.found.appending("rows").appending("1")))
        var closed = LabelMap(Label(integrity: .untrusted))
        closed.set(Label(integrity: .endorsed), at: ["id"])
        closed.set(Label(integrity: .endorsed), at: ["state"])
        // Every field that there is was spoken about; what nothing is said about isn't there.
        #expect(closed.label.integrity == .endorsed)
        closed.set(Label(integrity: .untrusted), at: [])
        #expect(closed.label.integrity == .untrusted)
    }

    @Test func `parts of a composed value keep their labels`() {
        let title = LabelMap(Label(integrity: .untrusted), trails: [.input("tickets")])
        let value = LabelMap(
            Label(integrity: .untrusted), members: [("id", Self.rows().at(["rows", "0", "id"])), ("title", title)])
        #expect(value.at(["id"]).label.integrity == .endorsed)
        #expect(value.at(["title", "0"]).label.sources == [Source(step: "inputs", pointer: "/tickets/0")])
        #expect(value.label.integrity == .untrusted)
        #expect(value.label.sources.count == 2)
        #expect(value.at(["other"]).label.integrity == .untrusted)
    }

    @Test func `names are escaped in pointers`() {
        let labels = LabelMap(Label(integrity: .trusted), trails: [Source(step: "s")])
        #expect(labels.at(["a/b", "c~d"]).label.sources == [Source(step: "s", pointer: "/a~1b/c~0d")])
    }

    // MARK: - What every operation keeps

    private static let names = ["a", "b", "0", "*"]
    private static let places: [[String]] = {
        let one = ["a", "b", "0", "1"].map { [$0] }
        let two = one.flatMap { first in one.map { first + $0 } }
        return [[]] + one + two + two.flatMap { first in one.map { first + $0 } }
    }()

    private static func labels(_ random: inout Numbers) -> LabelMap {
        func label() -> Label {
            Label(
                integrity: Integrity.allCases[random.next(3)],
                readers: [.everyone, .only(["x"]), .only(["x", "y"]), .only([])][random.next(4)],
                sources: random.next(2) == 0 ? [] : [Source(step: "s\(random.next(3))")])
        }
        var map = LabelMap(label(), trails: random.next(2) == 0 ? [] : [Source(step: "trail")])
        for _ in 0..<random.next(5) {
            let pattern = (0..<(1 + random.next(3))).map { _ in names[random.next(4)] }
            map.set(label(), at: pattern, trails: random.next(4) == 0 ? [Source(step: "below")] : [])
            map.mention((0..<(1 + random.next(3))).map { _ in names[random.next(4)] })
        }
        return map
    }

    private static func isAtLeastAsStrict(_ left: Label, as right: Label) -> Bool {
        left.joined(with: right) == left
    }

    @Test func `no operation loosens the label of any field`() {
        var random = Numbers(state: 7)
        for _ in 0..<100 {
            let (a, b) = (Self.labels(&random), Self.labels(&random))
            let merged = a.merged(with: b)
            let extra = Label(integrity: .endorsed, readers: .only(["y"]), sources: [Source(step: "extra")])
            let joined = a.joined(with: extra)
            let list = LabelMap(Label(integrity: .trusted), elements: merged)
            for place in Self.places {
                let (left, right) = (a.at(place), b.at(place))
                let both = merged.at(place)
                #expect(Self.isAtLeastAsStrict(both.label, as: left.label), "\(a) \(b) \(place)")
                #expect(Self.isAtLeastAsStrict(both.label, as: right.label), "\(a) \(b) \(place)")
                #expect(Self.isAtLeastAsStrict(joined.at(place).label, as: left.label))
                #expect(Self.isAtLeastAsStrict(joined.at(place).label, as: extra))
                #expect(Self.isAtLeastAsStrict(list.at(["5"] + place).label, as: left.label))
                #expect(LabelMap(statements: a.statements)?.at(place) == left)
            }
            #expect(LabelMap(statements: merged.statements) == merged)
            #expect(merged == b.merged(with: a))
            #expect(Self.isAtLeastAsStrict(list.label, as: merged.label))
        }
    }
}

/// The same numbers on every run.
private struct Numbers {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
