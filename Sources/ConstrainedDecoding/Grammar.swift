public import JSONSchemas
import Synchronization
import Tokens

/// The texts that a generation may produce, compiled from a JSON Schema. Immutable and cheap to copy.
///
/// Whatever is generated fits the schema, and from wherever a generation is it can be completed. What is enforced:
///
/// | keyword | support | departures |
/// | --- | --- | --- |
/// | `type` | full | a whole number has no point, unless ``GrammarOptions/NumberForms/all`` is asked for |
/// | `enum`, `const` | full | members of a listed object come in its order, or in any by option |
/// | `properties`, `required`, `additionalProperties`, `patternProperties`, `propertyNames` | full | keys are unique; at most 64 patterns for the keys of one object |
/// | `minProperties`, `maxProperties`, `dependentRequired`, `dependentSchemas` | full | at most 1,024 choices open at one place; at most 10,000 members without a name are asked for |
/// | `items`, `prefixItems`, `contains`, `minContains`, `maxContains`, `minItems`, `maxItems` | full | `minContains` up to 4,096, and `minItems` beside it or `uniqueItems` |
/// | `uniqueItems` | part | refused under a negation, and where `minItems` or `minContains` needs more different elements than are sure to exist; at most 32 objects are told apart |
/// | `minLength`, `maxLength`, `pattern`, `format` | full | no look-around within a negative look-ahead or look-behind; of `regex`, simple expressions only; all patterns together have at most 20 times ``GrammarOptions/stateLimit`` states, and none takes more than 80 million steps to lay out |
/// | `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum` | full | |
/// | `multipleOf` | full | numbers of at most 15 digits; `multipleOf` itself of at most 18 |
/// | `allOf`, `anyOf`, `oneOf`, `not`, `if` | full | up to the limits on cases and steps in ``GrammarOptions`` |
/// | `unevaluatedProperties`, `unevaluatedItems` | part | `unevaluatedItems` beside `contains` is refused under a negation |
///
/// What is generated is JSON on one line without needless spaces:
/// - Members come in the schema's order, or in any by option; those that aren't required may be left out. Names in
///   `required` that `properties` lacks come behind the others.
/// - Members that the schema doesn't name come last in that order, and only where ``GrammarOptions/AdditionalMembers``
///   lets them.
/// - Each string has one spelling, save `\/` in places without excluded strings: escapes stand only for what can't be
///   written plainly. All UTF-8 is well formed.
/// - Numbers with a bound have no exponent, others one of two digits at most.
/// - Without `maxLength`, strings end by ``GrammarOptions/stringLengthLimit``.
/// - `minLength`, `minItems`, `minContains` and `minProperties` from 268,435,456 on are refused, and such upper bounds are
///   taken for none that a text could meet; a value that would need more isn't offered.
///
/// A schema that no value fits is refused, and so is one whose combinations of keywords go beyond a limit. A combination
/// that only arises deep in the output may meet a limit then: what lies beyond it is not offered, and
/// ``GrammarMatcher/limitMet`` says so.
public struct Grammar: Sendable {
    let core: GrammarCore

    /// Compiles a schema, and `suffix` after the value.
    ///
    /// A model that was taught to close a fence wants a token such as `"}` with the line feed in it; without the suffix
    /// that token would be refused, and the model would go on with what it likes second best.
    ///
    /// Throws if no value fits (the error names the part at fault where there is one), if a combination of keywords isn't
    /// supported, or if an automaton would be too large.
    public init(
        schema: JSONSchema, suffix: [UInt8] = [], options: GrammarOptions = GrammarOptions()
    ) throws(GrammarError) {
        var maker = GrammarMaker(options: options)
        let value = try maker.add(schema)
        maker.addSequence([.value(value)] + maker.literal(suffix))
        core = maker.core()
    }

    /// Compiles a choice of tool calls: `prefix`, then `{"name": "TOOL", "arguments": ARGUMENTS}` with the arguments of
    /// the tool that was named, then `suffix`. `noCall`: what the whole output may be instead.
    ///
    /// Throws as for one schema, and if there is no tool or two have the same name.
    public init(
        tools: [ToolGrammar], prefix: [UInt8] = [], suffix: [UInt8] = [], noCall: [UInt8]? = nil,
        options: GrammarOptions = GrammarOptions()
    ) throws(GrammarError) {
        guard !tools.isEmpty else { throw GrammarError(.invalidTools, "there is no tool to choose") }
        var names: Set<[UInt8]> = []
        var maker = GrammarMaker(options: options)
        let comma = options.separators.comma
        let colon = options.separators.colon
        for tool in tools {
            guard names.insert(Array(tool.name.utf8)).inserted else {
                throw GrammarError(.invalidTools, "two tools have the name `\(tool.name)`")
            }
            let name = JSONValue.string(tool.name).serialized()
            let head = "{\"name\"\(colon)\(name)\(comma)\"arguments\"\(colon)"
            let value = try maker.add(tool.arguments)
            maker.addSequence(
                maker.literal(prefix + Array(head.utf8)) + [.value(value)]
                    + maker.literal([UInt8(ascii: "}")] + suffix))
        }
        if let noCall { maker.addSequence(maker.literal(noCall)) }
        core = maker.core()
    }
}

extension Grammar {
    /// The first limit that a matcher met behind what was checked at first: what lies beyond it was never offered. `nil`
    /// for almost all schemas.
    public var limitMet: GrammarError? { core.limitMet }
}

/// Gathers what a grammar consists of.
private struct GrammarMaker {
    private var book: GoalBook
    private var sequences: [[Automaton.Part]] = []
    private var literals: [[UInt8]]

    init(options: GrammarOptions) {
        book = GoalBook(options: options)
        literals = Automaton.Fixed.literals(options)
    }

    /// Adds a schema whose values nest no deeper than they may; refuses one without.
    mutating func add(_ schema: JSONSchema) throws(GrammarError) -> Int32 {
        let goal = book.add(schema)
        try book.check(goal)
        try book.survey(book.schemas.count - 1)
        return goal
    }

    mutating func literal(_ bytes: [UInt8]) -> [Automaton.Part] {
        guard !bytes.isEmpty else { return [] }
        literals.append(bytes)
        return [.literal(Int32(literals.count - 1))]
    }

    mutating func addSequence(_ parts: [Automaton.Part]) {
        sequences.append(parts)
    }

    func core() -> GrammarCore {
        GrammarCore(Automaton(book: book, sequences: sequences, literals: literals))
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

/// What copies of a grammar share: automata that earlier matchers have built.
final class GrammarCore: Sendable {
    /// An automaton that knows no vocabulary yet.
    private let fresh: Automaton
    private let idle = Mutex<[(automaton: Automaton, trie: TokenTrie)]>([])
    private static let idleLimit = 2
    private let met = Mutex<GrammarError?>(nil)

    init(_ automaton: Automaton) {
        fresh = automaton
    }

    /// An automaton for `trie`, with what an earlier matcher has learnt if there is one.
    func takeAutomaton(for trie: TokenTrie) -> Automaton {
        let known = idle.withLock { automata -> Automaton? in
            guard let index = automata.lastIndex(where: { $0.trie.isSame(as: trie) }) else { return nil }
            return automata.remove(at: index).automaton
        }
        return known ?? fresh
    }

    /// The first limit that a returned automaton met.
    var limitMet: GrammarError? { met.withLock { $0 } }

    /// An automaton that met a limit isn't kept: what one generation couldn't be offered would be kept from all later ones,
    /// and what a generation writes would depend on those before.
    func giveBack(_ automaton: Automaton, for trie: TokenTrie) {
        if let failure = automaton.book.failure {
            met.withLock { if $0 == nil { $0 = failure } }
            return
        }
        idle.withLock { automata in
            automata.append((automaton, trie))
            if automata.count > Self.idleLimit { automata.removeFirst() }
        }
    }
}
