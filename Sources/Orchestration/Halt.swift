/// Why the step loop stops before its end. Thrown inside the room, turned into a `RunVerdict` at its face.
struct Halt: Error {
    let outcome: RunVerdict.Outcome
    let reason: String

    init(_ outcome: RunVerdict.Outcome, _ reason: String) {
        self.outcome = outcome
        self.reason = reason
    }
}
