import JSONSchemas

/// Compiles one schema into a program's values.
struct SchemaTranslator {
    private let schema: JSONSchema
    private let options: GrammarOptions
    private var valueOfNode: [Int: Int32] = [:]
    private var alternativesOfNode: [Int: [GrammarProgram.Alternative]] = [:]
    private var pending: [(node: Int, value: Int32)] = []
    private var anything: Int32?
    /// Why a node's type, by its place, has no instance.
    private var causes: [Int: String] = [:]

    private init(schema: JSONSchema, options: GrammarOptions) {
        self.schema = schema
        self.options = options
    }

    /// Adds `schema` to `program` and returns the value that it describes; refuses a schema with a part that nothing fits.
    static func add(
        _ schema: JSONSchema, to program: inout GrammarProgram, options: GrammarOptions
    ) throws(GrammarError) -> Int32 {
        var translator = SchemaTranslator(schema: schema, options: options)
        let root = try translator.value(of: schema.root, in: &program)
        while let next = translator.pending.popLast() {
            program.values[Int(next.value)].alternatives = try translator.alternatives(
                of: next.node, in: &program)
        }
        program.settleHeights()
        try translator.refuseEmptyNodes(in: program)
        let height = program.values[Int(root)].height
        guard height <= Int32(options.nestingLimit) else {
            throw GrammarError(
                .unsatisfiable, at: schema.rootNode.pointer,
                "every value nests deeper than the limit of \(options.nestingLimit), at least \(height) levels,"
            )
        }
        return root
    }

    private mutating func value(of node: Int, in program: inout GrammarProgram) throws(GrammarError) -> Int32 {
        let leaf = resolved(node)
        if let known = valueOfNode[leaf] { return known }
        let value = try Self.addValue(to: &program, options: options)
        valueOfNode[leaf] = value
        pending.append((leaf, value))
        return value
    }

    private static func addValue(
        to program: inout GrammarProgram, options: GrammarOptions
    ) throws(GrammarError) -> Int32 {
        guard program.values.count < options.stateLimit else {
            throw GrammarError(
                .stateLimit(limit: options.stateLimit),
                "the schema has more than \(options.stateLimit) values")
        }
        program.values.append(GrammarProgram.Value())
        return Int32(program.values.count - 1)
    }

    private func resolved(_ node: Int) -> Int {
        var node = node
        while let reference = schema.nodes[node].reference { node = reference }
        return node
    }

    private mutating func alternatives(
        of node: Int, in program: inout GrammarProgram
    ) throws(GrammarError) -> [GrammarProgram.Alternative] {
        let node = resolved(node)
        if let known = alternativesOfNode[node] { return known }
        let definition = schema.nodes[node]
        var result: [GrammarProgram.Alternative] = []
        if !definition.alternatives.isEmpty {
            for alternative in definition.alternatives {
                for way in try alternatives(of: alternative, in: &program) where !result.contains(way) {
                    result.append(way)
                }
            }
        } else if let values = definition.values {
            let style: JSONValue.Style = options.separators == .spaced ? .spaced : .compact
            result = [program.addLexeme(.values(ValueTrie(values.map { $0.serializedBytes(style) })))]
        } else {
            result = try alternatives(ofTypesIn: definition, node: node, in: &program)
        }
        alternativesOfNode[node] = result
        return result
    }

    private mutating func alternatives(
        ofTypesIn node: JSONSchema.Node, node index: Int, in program: inout GrammarProgram
    ) throws(GrammarError) -> [GrammarProgram.Alternative] {
        var result: [GrammarProgram.Alternative] = []
        var words: [String] = []
        if node.types.contains(.null) { words.append("null") }
        if node.types.contains(.boolean) { words += ["true", "false"] }
        if !words.isEmpty {
            result.append(program.addLexeme(.values(ValueTrie(words.map { Array($0.utf8) }))))
        }
        if !node.types.isDisjoint(with: [.integer, .number]) {
            let number = NumberLexeme(
                isInteger: !node.types.contains(.number), minimum: node.minimum, maximum: node.maximum,
                digitLimit: options.numberDigitLimit)
            if let number {
                result.append(program.addLexeme(.number(number)))
            } else {
                causes[index] = "no number lies within `minimum` and `maximum`"
            }
        }
        if node.types.contains(.string) {
            if let string = try string(of: node, index: index) {
                result.append(program.addLexeme(.string(string)))
            }
        }
        if node.types.contains(.array) {
            let items =
                if let items = node.items {
                    try value(of: items, in: &program)
                } else {
                    try anything(in: &program)
                }
            result.append(
                program.addArray(
                    items: items, minimum: Int32(clamping: node.minItems), maximum: node.maxItems))
        }
        if node.types.contains(.object) {
            result.append(.object(try addObject(node, to: &program)))
        }
        return result
    }

    private mutating func string(of node: JSONSchema.Node, index: Int) throws(GrammarError) -> StringLexeme? {
        do {
            var pattern: PatternAutomaton?
            if let source = node.pattern {
                pattern = try PatternAutomaton.searching(source, stateLimit: options.stateLimit)
                guard pattern != nil else {
                    causes[index] = "no string matches `pattern`"
                    return nil
                }
            }
            let longest = node.maxLength ?? (options.stringLengthLimit + node.minLength)
            let string = try StringLexeme(
                pattern: pattern, minLength: node.minLength, maxLength: longest,
                stateLimit: options.stateLimit)
            if string == nil {
                causes[index] = "no string of \(node.minLength) to \(longest) characters matches `pattern`"
            }
            return string
        } catch {
            throw GrammarError(error.code, at: node.pointer, error.reason)
        }
    }

    private mutating func addObject(
        _ node: JSONSchema.Node, to program: inout GrammarProgram
    ) throws(GrammarError) -> Int {
        var object = GrammarProgram.Object()
        for property in node.properties {
            let key = JSONValue.string(property.name).serializedBytes()
            object.declaredKeys.insert(Array(key.dropFirst().dropLast()))
            let first = key + Array(options.separators.colon.utf8)
            object.members.append(
                GrammarProgram.Member(
                    firstLiteral: program.addLiteral(first),
                    laterLiteral: program.addLiteral(Array(options.separators.comma.utf8) + first),
                    value: try value(of: property.node, in: &program),
                    isRequired: property.isRequired))
        }
        switch node.additionalProperties {
        case .schema(let schema): object.additional = try value(of: schema, in: &program)
        case .open: object.additional = try anything(in: &program)
        case .closed: break
        case .unspecified:
            // A schema that says nothing about types or members means any value, free objects included.
            if node.types == .any, node.properties.isEmpty { object.additional = try anything(in: &program) }
        }
        program.objects.append(object)
        return program.objects.count - 1
    }

    /// The value that nothing restricts.
    private mutating func anything(in program: inout GrammarProgram) throws(GrammarError) -> Int32 {
        if let anything { return anything }
        let value = try Self.addValue(to: &program, options: options)
        anything = value
        var node = JSONSchema.anything.rootNode
        node.types = .any
        let ways = try alternatives(ofTypesIn: node, node: -1, in: &program)
        program.values[Int(value)].alternatives = ways
        return value
    }

    /// Parts that nothing fits are mistakes even where the rest of the schema could do without them.
    private func refuseEmptyNodes(in program: GrammarProgram) throws(GrammarError) {
        let empty = valueOfNode.filter { program.values[Int($0.value)].height == .max }.map(\.key).sorted()
        let withCause = empty.first { causes[$0] != nil }
        guard
            let node = withCause ?? causes.keys.filter({ alternativesOfNode[$0]?.isEmpty == true }).min()
                ?? empty.first
        else { return }
        throw GrammarError(
            .unsatisfiable, at: schema.nodes[node].pointer,
            causes[node] ?? "the schema needs a part that nothing fits")
    }
}

extension GrammarProgram {
    fileprivate mutating func addLexeme(_ lexeme: Lexeme) -> Alternative {
        lexemes.append(lexeme)
        return .lexeme(lexemes.count - 1)
    }

    fileprivate mutating func addArray(items: Int32, minimum: Int32, maximum: Int?) -> Alternative {
        arrays.append(Array(items: items, minimum: minimum, maximum: maximum.map { Int32(clamping: $0) }))
        return .array(arrays.count - 1)
    }

    /// Finds how deep the flattest instance of each value nests, as a least fixed point.
    fileprivate mutating func settleHeights() {
        var isStable = false
        while !isStable {
            isStable = true
            for index in objects.indices {
                var inner: Int32 = 0
                for member in objects[index].members where member.isRequired {
                    inner = max(inner, values[Int(member.value)].height)
                }
                Self.lower(&objects[index].height, to: inner == .max ? .max : inner + 1, &isStable)
            }
            for index in arrays.indices {
                let inner = arrays[index].minimum > 0 ? values[Int(arrays[index].items)].height : 0
                Self.lower(&arrays[index].height, to: inner == .max ? .max : inner + 1, &isStable)
            }
            for index in values.indices {
                let heights = values[index].alternatives.map { height(of: $0) }
                Self.lower(&values[index].height, to: heights.min() ?? .max, &isStable)
            }
        }
    }

    private static func lower(_ height: inout Int32, to value: Int32, _ isStable: inout Bool) {
        guard value < height else { return }
        height = value
        isStable = false
    }

    func height(of alternative: Alternative) -> Int32 {
        switch alternative {
        case .lexeme: 0
        case .object(let object): objects[object].height
        case .array(let array): arrays[array].height
        }
    }
}
