/// Turns a schema document into checked nodes.
struct SchemaCompiler {
    static let annotations: Set<String> = [
        "title", "description", "default", "examples", "$schema", "$comment", "deprecated", "readOnly",
        "writeOnly",
    ]
    private static let depthLimit = 128

    private(set) var nodes: [JSONSchema.Node] = []
    private let document: JSONValue
    private var indices: [JSONPointer: Int] = [:]
    private var references: [(node: Int, text: String)] = []
    private var depth = 0

    init(document: JSONValue) {
        self.document = document
    }

    /// Compiles the document and returns the root's index.
    mutating func compile() throws(SchemaError) -> Int {
        let root = try compile(document, at: JSONPointer())
        try resolveReferences()
        try refuseEmptyCycles()
        try keepFittingValues()
        try refuseEndlessNodes()
        return root
    }

    private mutating func compile(_ schema: JSONValue, at pointer: JSONPointer) throws(SchemaError) -> Int {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw SchemaError(
                keyword: nil, pointer: pointer, reason: "is nested deeper than \(Self.depthLimit)")
        }
        let index = nodes.count
        nodes.append(JSONSchema.Node(pointer: pointer))
        indices[pointer] = index
        switch schema {
        case .bool(true): break
        case .bool(false):
            throw SchemaError(keyword: nil, pointer: pointer, reason: "is `false`, which no value fits")
        case .object(let members): try compile(members, into: index, at: pointer)
        default:
            throw SchemaError(keyword: nil, pointer: pointer, reason: "is neither an object nor a boolean")
        }
        return index
    }

    private mutating func compile(
        _ members: JSONObject, into index: Int, at pointer: JSONPointer
    ) throws(SchemaError) {
        var node = nodes[index]
        let reader = KeywordReader(members: members, pointer: pointer)
        for (keyword, value) in members {
            switch keyword {
            case "type": node.types = try reader.types(value)
            case "enum": node.values = Self.intersect(node.values, try reader.enumeration(value))
            case "const": node.values = Self.intersect(node.values, [value])
            case "properties", "required", "additionalProperties": break
            case "items":
                node.items = try compile(value, at: pointer.appending(keyword))
            case "minItems": node.minItems = try reader.count(value, of: keyword)
            case "maxItems": node.maxItems = try reader.count(value, of: keyword)
            case "minLength": node.minLength = try reader.count(value, of: keyword)
            case "maxLength": node.maxLength = try reader.count(value, of: keyword)
            case "pattern": node.pattern = try reader.pattern(value)
            case "minimum": node.minimum = try reader.number(value, of: keyword)
            case "maximum": node.maximum = try reader.number(value, of: keyword)
            case "anyOf":
                try reader.refuseSiblings(of: keyword)
                node.alternatives = try compileList(value, of: keyword, at: pointer)
            case "$ref":
                try reader.refuseSiblings(of: keyword)
                references.append((index, try reader.string(value, of: keyword)))
            case "$defs", "definitions":
                let definitions = try reader.object(value, of: keyword)
                for (name, definition) in definitions {
                    _ = try compile(definition, at: pointer.appending(keyword).appending(name))
                }
            case "$id" where pointer.tokens.isEmpty: break
            case _ where Self.annotations.contains(keyword): break
            default:
                throw SchemaError(keyword: keyword, pointer: pointer, reason: "is not supported")
            }
        }
        try compileMembers(members, into: &node, at: pointer)
        try reader.refuseEmptyRanges(node)
        nodes[index] = node
    }

    private mutating func compileList(
        _ value: JSONValue, of keyword: String, at pointer: JSONPointer
    ) throws(SchemaError) -> [Int] {
        guard let schemas = value.arrayValue, !schemas.isEmpty else {
            throw SchemaError(
                keyword: keyword, pointer: pointer, reason: "must be a list of schemas that isn't empty")
        }
        var list: [Int] = []
        for (position, schema) in schemas.enumerated() {
            list.append(try compile(schema, at: pointer.appending(keyword).appending(position)))
        }
        return list
    }

    /// `properties`, `required` and `additionalProperties` together, so that each required name has a node.
    private mutating func compileMembers(
        _ members: JSONObject, into node: inout JSONSchema.Node, at pointer: JSONPointer
    ) throws(SchemaError) {
        let reader = KeywordReader(members: members, pointer: pointer)
        switch members["additionalProperties"] {
        case nil: break
        case .bool(true): node.additionalProperties = .open
        case .bool(false): node.additionalProperties = .closed
        case .some(let schema):
            node.additionalProperties = .schema(
                try compile(schema, at: pointer.appending("additionalProperties")))
        }
        let required = try reader.names(members["required"] ?? [], of: "required")
        for (name, schema) in try reader.object(members["properties"] ?? [:], of: "properties") {
            let child = try compile(schema, at: pointer.appending("properties").appending(name))
            node.properties.append(
                JSONSchema.Property(
                    name: name, node: child, isRequired: required.contains { $0.hasSameBytes(as: name) }))
        }
        let names = node.properties.map(\.name)
        for name in required where !names.contains(where: { $0.hasSameBytes(as: name) }) {
            let child: Int
            switch node.additionalProperties {
            case .closed:
                throw SchemaError(
                    keyword: "required", pointer: pointer,
                    reason: "names `\(name)`, which `additionalProperties: false` forbids")
            case .schema(let other): child = other
            case .open, .unspecified:
                child = nodes.count
                nodes.append(JSONSchema.Node(pointer: pointer))
            }
            node.properties.append(JSONSchema.Property(name: name, node: child, isRequired: true))
        }
    }

    private static func intersect(_ first: [JSONValue]?, _ second: [JSONValue]) -> [JSONValue] {
        guard let first else { return second }
        return first.filter(second.contains)
    }
}

extension SchemaCompiler {
    private mutating func resolveReferences() throws(SchemaError) {
        for (node, text) in references {
            let pointer = nodes[node].pointer
            guard let target = Self.localPointer(text) else {
                throw SchemaError(
                    keyword: "$ref", pointer: pointer,
                    reason: "must be local, such as `#/$defs/item`, not `\(text)`")
            }
            guard let index = indices[target] else {
                throw SchemaError(
                    keyword: "$ref", pointer: pointer, reason: "names `\(text)`, which isn't a schema here")
            }
            nodes[node].reference = index
        }
    }

    /// The pointer in a URI fragment, percent escapes decoded.
    private static func localPointer(_ text: String) -> JSONPointer? {
        guard text.utf8.first == UInt8(ascii: "#") else { return nil }
        var bytes: [UInt8] = []
        var rest = text.utf8.dropFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, let code = UInt8(digits, radix: 16) else { return nil }
                rest = rest.dropFirst(2)
                bytes.append(code)
            } else {
                bytes.append(byte)
            }
        }
        return try? JSONPointer(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// A `$ref` that comes back to itself through nothing but `$ref` and `anyOf` describes nothing.
    private func refuseEmptyCycles() throws(SchemaError) {
        enum Mark { case open, done }
        var marks = [Mark?](repeating: nil, count: nodes.count)
        for start in nodes.indices where marks[start] == nil {
            var stack: [(node: Int, next: Int)] = [(start, 0)]
            marks[start] = .open
            while let (node, next) = stack.last {
                let targets = nodes[node].reference.map { [$0] } ?? nodes[node].alternatives
                guard next < targets.count else {
                    marks[node] = .done
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let target = targets[next]
                if marks[target] == .open {
                    throw SchemaError(
                        keyword: nodes[node].reference == nil ? "anyOf" : "$ref",
                        pointer: nodes[node].pointer,
                        reason: "leads back to itself with nothing between")
                }
                if marks[target] == nil {
                    marks[target] = .open
                    stack.append((target, 0))
                }
            }
        }
    }

    private mutating func keepFittingValues() throws(SchemaError) {
        for index in nodes.indices {
            guard let values = nodes[index].values else { continue }
            nodes[index].values = nil
            let fitting = values.filter { value in
                var validator = SchemaValidator(nodes: nodes)
                validator.check(value, against: index)
                return validator.issues.isEmpty
            }
            guard !fitting.isEmpty else {
                throw SchemaError(
                    keyword: nil, pointer: nodes[index].pointer,
                    reason: "fits no value: none that `enum` or `const` lists fits the other keywords")
            }
            nodes[index].values = fitting
        }
    }

    /// Finds nodes whose every value would have to be infinitely deep, as the least fixed point of "has a finite value".
    private func refuseEndlessNodes() throws(SchemaError) {
        var isFinite = [Bool](repeating: false, count: nodes.count)
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for index in nodes.indices where !isFinite[index] && hasFiniteValue(nodes[index], given: isFinite) {
                isFinite[index] = true
                hasChanged = true
            }
        }
        if let endless = isFinite.firstIndex(of: false) {
            throw SchemaError(
                keyword: nil, pointer: nodes[endless].pointer,
                reason: "fits no value: it needs itself without end")
        }
    }

    private func hasFiniteValue(_ node: JSONSchema.Node, given isFinite: [Bool]) -> Bool {
        if let reference = node.reference { return isFinite[reference] }
        if !node.alternatives.isEmpty { return node.alternatives.contains { isFinite[$0] } }
        if node.values != nil { return true }
        if !node.types.isDisjoint(with: [.null, .boolean, .integer, .number, .string]) { return true }
        if node.types.contains(.array) {
            guard node.minItems > 0, let items = node.items, !isFinite[items] else { return true }
        }
        guard node.types.contains(.object) else { return false }
        return node.properties.allSatisfy { !$0.isRequired || isFinite[$0.node] }
    }
}
