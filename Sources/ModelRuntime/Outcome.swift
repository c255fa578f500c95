/// What a generation waited for.
enum Outcome: Sendable {
    case evaluated(Evaluation)
    case scored(Likelihoods)
    case embedded(Embedding)
    case failed(ModelError)
}
