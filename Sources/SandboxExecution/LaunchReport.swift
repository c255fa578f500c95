/// What the helper's messages say about a launch, in the order in which they came.
struct LaunchReport: Sendable {
    /// How far the launch came.
    enum Stage: Hashable, Sendable {
        /// The command was started.
        case started
        /// The sandbox stands, but the program is not in it.
        case missing
        /// The program is there, and the kernel refused to execute it.
        case notExecutable
        /// A layer could not be set up: one sentence of the helper.
        case failed(String)
        /// The helper was never reached.
        case notReached
    }

    private(set) var stage = Stage.notReached
    /// What the command left behind, where there was a workspace.
    private(set) var workspace: ConfinedFolder?
    /// Process 1 of the sandbox.
    private(set) var initProcess: ProcessHandle?

    /// Takes in further messages.
    mutating func add(_ messages: [ControlMessage]) {
        for message in messages {
            switch (message, stage) {
            case (.workspace(let descriptor), .notReached) where workspace == nil:
                workspace = ConfinedFolder(adopting: descriptor)
            case (.initProcess(let descriptor), .notReached) where initProcess == nil:
                initProcess = ProcessHandle(adopting: descriptor)
            case (.workspace(let descriptor), _), (.initProcess(let descriptor), _): HostPath.close(descriptor)
            case (.started, .notReached): stage = .started
            case (.missing, .notReached): stage = .missing
            case (.failed(let text), .notReached): stage = .failed(text)
            case (.notExecutable, .started): stage = .notExecutable
            default: break
            }
        }
    }
}
