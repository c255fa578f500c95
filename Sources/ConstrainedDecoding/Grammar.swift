public import JSONSchemas
import Synchronization
import Tokens

/// The texts that a generation may produce, compiled from a JSON Schema. Immutable and cheap to copy.
///
/// What is generated is JSON on one line without needless spaces:
/// - Members come in the schema's order, those that aren't required may be left out. Names in `required` that
///   `properties` lacks come behind the others.
/// - Other members come last, and only where `additionalProperties` is `true` or a schema; no key occurs twice. Where
///   the keyword is absent, the specification allows other members, but none is generated. Only a schema without
///   `type` and members (`{}`, `true`) means any JSON value, free objects included.
/// - Each string has one spelling, save `\/`: escapes stand only for what can't be written plainly. All UTF-8 is well
///   formed.
/// - Integers have no point or exponent; numbers with a bound have no exponent, others one of two digits at most.
/// - Without `maxLength`, strings end by ``GrammarOptions/stringLengthLimit``.
public struct Grammar: Sendable {
    let core: GrammarCore

    /// Compiles a schema, and `suffix` after the value.
    ///
    /// A model that was taught to close a fence wants a token such as `"}` with the line feed in it; without the suffix
    /// that token would be refused, and the model would go on with what it likes second best.
    ///
    /// Throws if no value fits a part of it (the error names the part), or if a pattern's automaton would be too large.
    public init(
        schema: JSONSchema, suffix: [UInt8] = [], options: GrammarOptions = GrammarOptions()
    ) throws(GrammarError) {
        var program = try GrammarProgram(options: options)
        let value = try SchemaTranslator.add(schema, to: &program, options: options)
        program.sequences = [suffix.isEmpty ? [.value(value)] : [.value(value), .literal(program.addLiteral(suffix))]]
        core = GrammarCore(program)
    }

    /// Compiles a choice of tool calls: `prefix`, then `{"name": "TOOL", "arguments": ARGUMENTS}` with the arguments of
    /// the tool that was named, then `suffix`.
    ///
    /// Throws as for one schema, and if there is no tool or two have the same name.
    public init(
        tools: [ToolGrammar], prefix: [UInt8] = [], suffix: [UInt8] = [],
        options: GrammarOptions = GrammarOptions()
    ) throws(GrammarError) {
        guard !tools.isEmpty else { throw GrammarError(.invalidTools, "there is no tool to choose") }
        var names: Set<[UInt8]> = []
        var program = try GrammarProgram(options: options)
        let comma = options.separators.comma
        let colon = options.separators.colon
        for tool in tools {
            guard names.insert(Array(tool.name.utf8)).inserted else {
                throw GrammarError(.invalidTools, "two tools have the name `\(tool.name)`")
            }
            let name = JSONValue.string(tool.name).serialized()
            let head = "{\"name\"\(colon)\(name)\(comma)\"arguments\"\(colon)"
            let value = try SchemaTranslator.add(tool.arguments, to: &program, options: options)
            program.sequences.append([
                .literal(program.addLiteral(prefix + Array(head.utf8))), .value(value),
                .literal(program.addLiteral([UInt8(ascii: "}")] + suffix)),
            ])
        }
        core = GrammarCore(program)
    }
}

/// A tool as a grammar sees it.
public struct ToolGrammar: Hashable, Sendable {
    /// What the model calls the tool.
    public let name: String
    /// What its arguments must fit.
    public let arguments: JSONSchema

    /// A tool named `name`.
    public init(name: String, arguments: JSONSchema) {
        self.name = name
        self.arguments = arguments
    }
}

/// What copies of a grammar share: the program, and automata that earlier matchers have built.
final class GrammarCore: Sendable {
    let program: GrammarProgram
    private let idle = Mutex<[Automaton]>([])
    private static let idleLimit = 2

    init(_ program: GrammarProgram) {
        self.program = program
    }

    /// An automaton for `trie`, with what an earlier matcher has learnt if there is one.
    func takeAutomaton(for trie: TokenTrie) -> Automaton {
        let known = idle.withLock { automata -> Automaton? in
            guard let index = automata.lastIndex(where: { $0.trie.isSame(as: trie) }) else { return nil }
            return automata.remove(at: index)
        }
        return known ?? Automaton(program: program, trie: trie)
    }

    func giveBack(_ automaton: Automaton) {
        idle.withLock { automata in
            automata.append(automaton)
            if automata.count > Self.idleLimit { automata.removeFirst() }
        }
    }
}
