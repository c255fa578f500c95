/// A page or a call of the interface, by its path.
enum Route: Hashable, Sendable {
    case root
    case start
    case asset(String)
    case runs
    case run(String)
    case steps(String)
    case step(String)
    case entry(String)
    case questions
    case question(String)
    case answer(String)
    case answers
    case workflows
    case workflow(String)
    case feedback
    case evaluations
    case journal
    case links
    case endSession
    case openAPI
    case session
    case events

    /// What a path names; nil where it names nothing. `isInterface`: whether it lies below `/api`.
    init?(_ path: [String], isInterface: Bool) {
        if isInterface {
            switch path.count {
            case 1:
                switch path[0] {
                case "session": self = .session
                case "runs": self = .runs
                case "questions": self = .questions
                case "answers": self = .answers
                case "workflows": self = .workflows
                case "feedback": self = .feedback
                case "evaluations": self = .evaluations
                case "journal": self = .journal
                case "events": self = .events
                case "openapi.json": self = .openAPI
                default: return nil
                }
            case 2:
                switch path[0] {
                case "runs": self = .run(path[1])
                case "entries": self = .entry(path[1])
                case "questions": self = .question(path[1])
                case "workflows": self = .workflow(path[1])
                default: return nil
                }
            case 3 where path[0] == "runs" && path[2] == "step": self = .step(path[1])
            default: return nil
            }
            return
        }
        switch path.count {
        case 0: self = .root
        case 1:
            switch path[0] {
            case "start": self = .start
            case "runs": self = .runs
            case "questions": self = .questions
            case "workflows": self = .workflows
            case "feedback": self = .feedback
            case "evaluations": self = .evaluations
            case "journal": self = .journal
            case "links": self = .links
            default: return nil
            }
        case 2:
            switch (path[0], path[1]) {
            case ("assets", let name): self = .asset(name)
            case ("runs", let run): self = .run(run)
            case ("entries", let sequence): self = .entry(sequence)
            case ("questions", "answer"): self = .answers
            case ("questions", let sequence): self = .question(sequence)
            case ("workflows", let name): self = .workflow(name)
            case ("sessions", "end"): self = .endSession
            default: return nil
            }
        case 3:
            switch (path[0], path[2]) {
            case ("runs", "steps"): self = .steps(path[1])
            case ("runs", "step"): self = .step(path[1])
            case ("questions", "answer"): self = .answer(path[1])
            default: return nil
            }
        default: return nil
        }
    }

    /// Whether it is asked for with POST, and changes something; all others are asked for with GET and change nothing.
    var isChange: Bool {
        switch self {
        case .answer, .answers, .links, .endSession: true
        default: false
        }
    }

    /// Whether it needs no session.
    var isOpen: Bool {
        switch self {
        case .start, .asset, .openAPI: true
        default: false
        }
    }
}
