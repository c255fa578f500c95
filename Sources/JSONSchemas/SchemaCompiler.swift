/// Turns a schema document into checked nodes.
///
/// Definitions are compiled when a reference first needs them: what no value ever meets costs nothing and is refused
/// for nothing.
struct SchemaCompiler {
    /// What the place of a subschema says about how to read it.
    struct Scope: Hashable {
        /// The innermost schema around it with an address of its own, as an index into `resources`.
        var resource: Int
        var draft: JSONSchema.Draft
        /// The schemas on the way here that a `$dynamicRef` could mean, as an index into `ways`.
        var way = 0
    }

    /// A schema with an address of its own; the document is the first.
    struct Resource {
        let pointer: JSONPointer
        let address: String
    }

    /// A reference still to be followed.
    struct PendingReference {
        let node: Int
        let keyword: SchemaKeyword
        let text: String
        let scope: Scope
    }

    static let depthLimit = 128
    static let wayLimit = 200
    /// Bytes of an address; the address of every schema within one is made from it.
    static let addressLimit = 2_000
    /// More subschemas than any schema in use has; each costs some hundred bytes.
    static let nodeLimit = 100_000

    let document: JSONValue
    let options: JSONSchema.Options
    /// Whether definitions are compiled that no reference leads to.
    let compilesDefinitions: Bool
    private(set) var isDraftGiven = false
    private(set) var draft: JSONSchema.Draft
    var nodes: [JSONSchema.Node] = []
    var warnings: [JSONSchema.Warning] = []
    var resources: [Resource] = []
    private var resourceIndices: [JSONPointer: Int] = [:]
    var pending: [PendingReference] = []
    /// Indices of nodes by their place, up to `indexedCount`; filled when a reference needs it.
    var places: [PlaceKey: Int] = [:]
    /// The way to each node.
    private(set) var wayOfNode: [Int] = []
    /// Lists of resources, the outermost first, each with an anchor that others have as well.
    var ways: [[Int]] = [[]]
    /// Whether a `$dynamicRef` was met that means different schemas on different ways; then each way gets its own nodes.
    var followsWays = false
    var indexedCount = 0
    /// Targets by the text of references, as an address within a resource.
    var targets: [ReferenceKey: Int] = [:]
    var addresses: AddressIndex?
    private var depth = 0
    private var hasUnevaluated = false
    private var hasConditions = false
    var needsWays = false

    struct ReferenceKey: Hashable {
        let resource: Int
        let way: Int
        let text: ExactText
    }

    struct PlaceKey: Hashable {
        let pointer: JSONPointer
        let way: Int
    }

    init(document: JSONValue, options: JSONSchema.Options, compilesDefinitions: Bool = false) {
        self.document = document
        self.compilesDefinitions = compilesDefinitions
        self.options = options
        draft = options.draft
    }

    /// Compiles the document; its root is the first node.
    mutating func compile() throws(SchemaError) {
        try readMetaschema()
        try compileAll()
        if needsWays {
            followsWays = true
            try compileAll()
        }
        try refuseEmptyCycles()
        dropIdleConditions()
    }

    private mutating func compileAll() throws(SchemaError) {
        nodes.removeAll()
        nodes.reserveCapacity(32)
        wayOfNode.removeAll()
        warnings.removeAll()
        pending.removeAll()
        places.removeAll()
        targets.removeAll()
        indexedCount = 0
        needsWays = false
        let address = document[draft.addressKeyword]?.stringValue.map { URIReference($0).address }
        try refuseLongAddress(address ?? "", at: JSONPointer(), draft)
        resources = []
        resourceIndices.removeAll()
        _ = resource(at: JSONPointer(), address: address ?? "")
        _ = try compile(document, at: JSONPointer(), in: rootScope)
        try followReferences()
    }

    private mutating func readMetaschema() throws(SchemaError) {
        guard let value = document["$schema"] else { return }
        guard let text = value.stringValue else {
            throw SchemaError(keyword: "$schema", pointer: JSONPointer(), reason: "must be a string")
        }
        guard !JSONSchema.Draft.isNewest(text) else { return }
        guard let given = JSONSchema.Draft(metaschema: text) else {
            throw Self.unknownDraft(text, at: JSONPointer())
        }
        draft = given
        isDraftGiven = true
    }

    static func unknownDraft(_ text: String, at pointer: JSONPointer) -> SchemaError {
        SchemaError(
            keyword: "$schema", pointer: pointer,
            reason: "names `\(text)`, which is none of the drafts 4, 6, 7, 2019-09 and 2020-12")
    }

    mutating func compile(
        _ schema: JSONValue, at pointer: JSONPointer, in scope: Scope
    ) throws(SchemaError) -> Int {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw SchemaError(keyword: nil, pointer: pointer, reason: "is nested deeper than \(Self.depthLimit)")
        }
        guard nodes.count < Self.nodeLimit else {
            throw SchemaError(
                keyword: nil, pointer: pointer, reason: "is one of more than \(Self.nodeLimit) subschemas")
        }
        let index = nodes.count
        var node = JSONSchema.Node(pointer: pointer)
        wayOfNode.append(scope.way)
        switch schema {
        case .bool(let fits):
            node.isFalse = !fits
            nodes.append(node)
        case .object(let members):
            nodes.append(node)
            try compile(members, into: &node, index, in: scope)
            nodes[index] = node
        default:
            throw SchemaError(keyword: nil, pointer: pointer, reason: "is neither an object nor a boolean")
        }
        return index
    }

    private mutating func compile(
        _ members: JSONObject, into node: inout JSONSchema.Node, _ index: Int, in outer: Scope
    ) throws(SchemaError) {
        var reading = Reading(
            reader: KeywordReader(members: members, pointer: node.pointer), scope: outer, index: index)
        reading.scope = try scope(of: members, at: node.pointer, in: outer)
        if !reading.scope.draft.readsReferenceSiblings, let value = members["$ref"] {
            let text = try reading.reader.string(value, of: "$ref")
            pending.append(
                PendingReference(node: index, keyword: .reference, text: text, scope: reading.scope))
            return
        }
        for (name, value) in members {
            guard let keyword = SchemaKeyword.named[name] else { continue }
            try read(keyword, value, into: &node, reading)
        }
    }

    /// One subschema that is being read.
    struct Reading {
        let reader: KeywordReader
        var scope: Scope
        let index: Int

        var pointer: JSONPointer { reader.pointer }
        var members: JSONObject { reader.members }

        func failure(_ keyword: SchemaKeyword, _ reason: String) -> SchemaError {
            SchemaError(keyword: keyword.rawValue, pointer: pointer, reason: reason)
        }
    }

    /// The address and the draft that a subschema gives itself.
    func ownAddress(of members: JSONObject, in outer: Scope) -> (draft: JSONSchema.Draft, address: String)? {
        guard let text = members[outer.draft.addressKeyword]?.stringValue, text.utf8.first != UInt8(ascii: "#"),
            outer.draft.readsReferenceSiblings || members["$ref"] == nil
        else { return nil }
        let base = URIReference(resources[outer.resource].address)
        let draft = members["$schema"]?.stringValue.flatMap { JSONSchema.Draft(metaschema: $0) }
        return (draft ?? outer.draft, URIReference(text).resolved(against: base).address)
    }

    private mutating func scope(
        of members: JSONObject, at pointer: JSONPointer, in outer: Scope
    ) throws(SchemaError) -> Scope {
        guard let (draft, address) = ownAddress(of: members, in: outer) else { return outer }
        try refuseLongAddress(address, at: pointer, outer.draft)
        let resource = resource(at: pointer, address: address)
        return Scope(resource: resource, draft: draft, way: way(outer.way, entering: resource))
    }

    private func refuseLongAddress(
        _ address: String, at pointer: JSONPointer, _ draft: JSONSchema.Draft
    ) throws(SchemaError) {
        guard address.utf8.count > Self.addressLimit else { return }
        throw SchemaError(
            keyword: draft.addressKeyword, pointer: pointer,
            reason: "makes an address of \(address.utf8.count) bytes, more than \(Self.addressLimit)")
    }

    /// The index of the resource at `pointer`.
    mutating func resource(at pointer: JSONPointer, address: String) -> Int {
        if let known = resourceIndices[pointer] { return known }
        resources.append(Resource(pointer: pointer, address: address))
        resourceIndices[pointer] = resources.count - 1
        return resources.count - 1
    }

    mutating func noteUnevaluated() { hasUnevaluated = true }
    mutating func noteCondition() { hasConditions = true }

    /// An `if` without `then` and `else` matters only where `unevaluated...` asks what was looked at.
    private mutating func dropIdleConditions() {
        guard hasConditions, !hasUnevaluated else { return }
        for index in nodes.indices
        where nodes[index].condition != nil && nodes[index].then == nil && nodes[index].else == nil {
            nodes[index].condition = nil
        }
    }
}
