/// Cases by their inputs.
struct CasePool {
    /// To how many rules a case can come to belong.
    private static let ruleLimit = 100

    private var places: [String: Int] = [:]
    private var all: [DesignedCase?] = []
    private var doubtful: Set<String> = []

    /// The cases whose expectation nothing contradicts, in the order in which they came.
    var cases: [DesignedCase] { all.compactMap(\.self) }

    /// Adds a case, or its rules to the case with the same input.
    mutating func add(_ new: DesignedCase) {
        guard !doubtful.contains(new.input) else { return }
        guard let place = places[new.input], var known = all[place] else {
            places[new.input] = all.count
            all.append(new)
            return
        }
        if known.shouldAccept == new.shouldAccept {
            guard known.ruleIDs.count < Self.ruleLimit else { return }
            known.ruleIDs += new.ruleIDs.filter { !known.ruleIDs.contains($0) }
            all[place] = known
        } else if known.technique != "example" {
            all[place] = nil
            doubtful.insert(new.input)
        }
    }
}
