/// What every page shows or needs beside its own matter.
public struct PageFrame: Hashable, Sendable {
    /// The path of the page, such as `/questions`; says which entry of the navigation is current.
    public let path: String
    /// Who answers here, as it will be recorded.
    public let person: String
    /// The session's token, which every form sends as `form_token` and every call of the module as
    /// `X-Warrant-Form-Token`.
    public let formToken: String
    /// Questions that wait in all runs.
    public let waitingCount: Int
    /// The journal's newest entry when the page was made: the event stream goes on after it.
    public let lastSequence: Int
    /// What became of the last form, in a sentence; empty where none was sent.
    public let notice: String
    /// When the page was made, in milliseconds of the server's own clock. Answers of its forms repeat it as `shown_at`.
    public let madeMilliseconds: Int

    /// Makes a frame.
    public init(
        path: String, person: String, formToken: String, waitingCount: Int, lastSequence: Int, notice: String = "",
        madeMilliseconds: Int = 0
    ) {
        self.path = path
        self.person = person
        self.formToken = formToken
        self.waitingCount = waitingCount
        self.lastSequence = lastSequence
        self.notice = notice
        self.madeMilliseconds = madeMilliseconds
    }
}
