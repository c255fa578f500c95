import JSONSchemas
import Planning

extension ReadAnswer {
    /// By how much what the answer takes leads the likeliest other option, -1...1, by JSON pointer; only of fields whose
    /// options were weighed, and of those of `choices` that have one option alone.
    func margins(_ choices: [ResolvedChoice]) -> [String: Double] {
        var margins: [String: Double] = [:]
        for choice in choices where choice.isForced { margins[choice.pointer] = 1 }
        for (pointer, shares) in fieldShares {
            guard let field = try? JSONPointer(parsing: pointer), let taken = value.value(at: field) else { continue }
            margins[pointer] = shares.margin(of: taken)
        }
        // A choice by likelihood has one field.
        if let pointer = confidence.keys.first, !shares.isEmpty {
            let sorted = shares.map(\.share).sorted(by: >)
            margins[pointer] = sorted[0] - (sorted.count > 1 ? sorted[1] : 0)
        }
        return margins
    }
}
