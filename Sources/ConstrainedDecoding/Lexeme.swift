/// A stretch of bytes without nested values.
enum Lexeme: Sendable {
    case string(StringLexeme)
    case number(NumberLexeme)
    case lattice(LatticeLexeme)
    case values(ValueTrie)

    var start: LexemeState {
        switch self {
        case .string(let string): string.start
        case .number: NumberLexeme.start
        case .lattice: LatticeLexeme.start
        case .values: LexemeState()
        }
    }

    /// The state after `byte`, or `nil` if no allowed lexeme goes on like that.
    func step(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        switch self {
        case .string(let string): string.step(state, byte)
        case .number(let number): number.step(state, byte)
        case .lattice(let number): number.step(state, byte)
        case .values(let values): values.step(state, byte)
        }
    }

    /// Whether the lexeme may end here.
    func isAccepting(_ state: LexemeState) -> Bool {
        switch self {
        case .string: StringLexeme.isFinished(state)
        case .number(let number): number.isAccepting(state)
        case .lattice(let number): number.isAccepting(state)
        case .values(let values): values.isAccepting(state)
        }
    }

    /// Whether the lexeme may go on.
    func canContinue(_ state: LexemeState) -> Bool {
        switch self {
        case .string: !StringLexeme.isFinished(state)
        case .number(let number): number.canContinue(state)
        case .lattice(let number): number.canContinue(state)
        case .values(let values): values.canContinue(state)
        }
    }
}
