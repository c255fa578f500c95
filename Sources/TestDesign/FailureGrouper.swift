/// Puts failing cases that probably have one cause into one group, by what is new in their inputs and what the program said.
///
/// Identifiers are never looked at. Groups are joined pairwise, the most alike first, by the average likeness of their
/// cases (UPGMA; Sokal and Michener 1958), until nothing is alike enough.
package enum FailureGrouper {
    /// How alike, from 0 to 1, groups have to be to become one.
    private static let likenessLimit = 0.42
    /// How many cases shape groups; the others join them.
    private static let shapingLimit = 600

    /// The identifiers of the failing cases of `outcomes` by group, in the order of their first cases.
    /// - Complexity: O(n³) in the failing cases that shape groups, at most 600.
    package static func groups(of outcomes: [CaseOutcome]) -> [[String]] {
        let accepted = outcomes.filter { $0.shouldAccept && !$0.joins }
        let marks = NoteMarks.found(in: accepted.map(\.input))
        var forms = InputForms()
        for outcome in accepted {
            forms.add(
                LexicalScanner.tokens(of: outcome.input, noteMarks: marks), isPassed: outcome.failure.isEmpty)
        }
        let failing = outcomes.filter { !$0.failure.isEmpty }
        let shaping = Array(failing.filter { !$0.joins }.prefix(shapingLimit))
        let chosen = Set(shaping.map(\.id))
        let others = failing.filter { !chosen.contains($0.id) }
        let features = FailureFeatures(
            forms: forms, kindCounts: counts(failing.filter { !$0.joins }.map(FailureFeatures.kind)),
            messageCounts: counts(failing.filter { !$0.joins }.map(FailureFeatures.message)))
        let members = shaping.map { Member($0, features, marks) }
        var groups = joined(members)
        var apart: [Member] = []
        for other in others.map({ Member($0, features, marks) }) {
            if let place = nearest(to: other, among: groups) {
                groups[place].later.append(other)
            } else {
                apart.append(other)
            }
        }
        groups += joined(Array(apart.prefix(shapingLimit)))
        groups += apart.dropFirst(shapingLimit).map { Group(members: [$0]) }
        let order = Dictionary(outcomes.enumerated().map { ($1.id, $0) }) { first, _ in first }
        return
            groups
            .map { group in
                (group.members + group.later).map(\.id).sorted { (order[$0] ?? 0) < (order[$1] ?? 0) }
            }
            .sorted { (order[$0.first ?? ""] ?? 0) < (order[$1.first ?? ""] ?? 0) }
    }

    private struct Member {
        let id: String
        let kind: String
        let features: [(name: String, weight: Double)]

        init(_ outcome: CaseOutcome, _ features: FailureFeatures, _ marks: [String]) {
            id = outcome.id
            kind = FailureFeatures.kind(of: outcome)
            self.features = features.features(
                of: outcome, tokens: LexicalScanner.tokens(of: outcome.input, noteMarks: marks))
        }

        /// The cosine of the features; -1 for failures of different kinds.
        func likeness(to other: Member) -> Double {
            guard kind == other.kind else { return -1 }
            var sum = 0.0
            var (left, right) = (0, 0)
            while left < features.count, right < other.features.count {
                let (first, second) = (features[left], other.features[right])
                if first.name == second.name {
                    sum += first.weight * second.weight
                    left += 1
                    right += 1
                } else if first.name < second.name {
                    left += 1
                } else {
                    right += 1
                }
            }
            return sum
        }
    }

    private struct Group {
        var members: [Member]
        /// What joined it and does not count for what it is like.
        var later: [Member] = []
    }

    private static func joined(_ members: [Member]) -> [Group] {
        var groups = members.map { Group(members: [$0]) }
        var likeness = members.map { member in members.map { member.likeness(to: $0) } }
        var alive = Array(members.indices)
        while let (first, second) = closest(alive, likeness) {
            let (left, right) = (Double(groups[first].members.count), Double(groups[second].members.count))
            for other in alive where other != first && other != second {
                let mean = (likeness[first][other] * left + likeness[second][other] * right) / (left + right)
                likeness[first][other] = mean
                likeness[other][first] = mean
            }
            groups[first].members += groups[second].members
            alive.removeAll { $0 == second }
        }
        return alive.map { groups[$0] }
    }

    private static func closest(_ alive: [Int], _ likeness: [[Double]]) -> (Int, Int)? {
        var best = likenessLimit
        var pair: (Int, Int)?
        for (position, first) in alive.enumerated() {
            for second in alive[(position + 1)...] where likeness[first][second] > best {
                best = likeness[first][second]
                pair = (first, second)
            }
        }
        return pair
    }

    private static func nearest(to member: Member, among groups: [Group]) -> Int? {
        var best = likenessLimit
        var place: Int?
        for (index, group) in groups.enumerated() {
            let sum = group.members.reduce(0.0) { $0 + member.likeness(to: $1) }
            let mean = sum / Double(group.members.count)
            if mean > best {
                best = mean
                place = index
            }
        }
        return place
    }

    private static func counts(_ names: [String]) -> [String: Int] {
        Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    }
}
