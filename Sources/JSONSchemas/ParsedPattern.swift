import Synchronization

/// A pattern's parts. The automaton is built when the first text is matched: most patterns of a schema never meet one.
final class ParsedPattern: Sendable {
    let source: String
    let expression: StringPattern.Expression
    private let built = Mutex<PatternAutomaton?>(nil)

    init(source: String, expression: StringPattern.Expression) {
        self.source = source
        self.expression = expression
    }

    var automaton: PatternAutomaton {
        built.withLock { built in
            if let built { return built }
            let automaton = PatternAutomaton(expression)
            built = automaton
            return automaton
        }
    }
}
