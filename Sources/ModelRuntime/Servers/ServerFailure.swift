/// Why a request got no answer.
struct ServerFailure {
    let error: ModelError
    /// The server's own words, for the operator's terminal alone.
    let message: String?
    /// Whether asking again may help.
    let isWorthRetrying: Bool
    /// Whether the server may have refused the form that it was asked in.
    let mayBeForm: Bool
    /// How long the server wants to be left alone.
    let retryAfter: Duration?

    init(
        _ error: ModelError, message: String? = nil, isWorthRetrying: Bool = false, mayBeForm: Bool = false,
        retryAfter: Duration? = nil
    ) {
        self.error = error
        self.message = message
        self.isWorthRetrying = isWorthRetrying
        self.mayBeForm = mayBeForm
        self.retryAfter = retryAfter
    }
}
