import PolicyEngine

/// What a run knows at the time of a call.
struct RunKnowledge {
    var task = TypedMatch()
    var handles = HandleLedger()
    var endorsements: [Endorsement] = []
}
