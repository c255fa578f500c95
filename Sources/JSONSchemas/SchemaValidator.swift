extension JSONSchema {
    /// Every way in which `value` breaks the schema, in document order; empty when it fits.
    public func validate(_ value: JSONValue) -> [SchemaIssue] {
        validate(value, against: root)
    }

    /// Every way in which `value` breaks the subschema at `node`.
    public func validate(_ value: JSONValue, against node: Int) -> [SchemaIssue] {
        var validator = SchemaValidator(nodes: nodes, value: value)
        // `not` turns what couldn't be judged into a yes.
        guard !validator.judge(node, 0) || validator.isTooDeep else { return [] }
        return validator.isTooDeep ? [SchemaValidator.depthIssue] : validator.issues(of: node)
    }

    /// Whether `value` fits.
    public func accepts(_ value: JSONValue) -> Bool {
        SchemaValidator.accepts(value, nodes: nodes, node: root)
    }

    /// Whether `value` fits the subschema at `node`.
    public func accepts(_ value: JSONValue, against node: Int) -> Bool {
        SchemaValidator.accepts(value, nodes: nodes, node: node)
    }
}

/// Judges one value by the nodes of a schema.
///
/// A node is judged at a place of the value once: only what a reference leads to could be met again, and is remembered.
/// So the work is bounded by nodes times places, however references fan out.
struct SchemaValidator {
    /// Judgements within one another; each takes a few hundred bytes of the stack.
    static let depthLimit = 4_000
    static let depthIssue = SchemaIssue(
        pointer: JSONPointer(), keyword: "$ref",
        message: "nests more than \(depthLimit) subschemas, too many to check")

    struct Place {
        let value: JSONValue
        /// Where its members or elements begin in `places`, once they were needed.
        var children = -1
    }

    struct Judgement: Hashable {
        let node: Int
        let place: Int
    }

    let nodes: [JSONSchema.Node]
    private(set) var places: [Place]
    private(set) var isTooDeep = false
    /// How many steps of patterns are left: one a byte and state.
    var patternSteps = Int.max
    private var depth = 0
    /// What reference targets said, and what they looked at where that was asked for.
    private var known: [Judgement: Bool] = [:]
    private var knownSeen: [Judgement: (fits: Bool, seen: SeenParts)] = [:]
    private var valueSets: [Int: Set<JSONValue>] = [:]

    init(nodes: [JSONSchema.Node], value: JSONValue, patternSteps: Int = .max) {
        self.nodes = nodes
        self.patternSteps = patternSteps
        places = [Place(value: value)]
    }

    static func accepts(_ value: JSONValue, nodes: [JSONSchema.Node], node: Int) -> Bool {
        var validator = SchemaValidator(nodes: nodes, value: value)
        // `not` turns what couldn't be judged into a yes.
        return validator.judge(node, 0) && !validator.isTooDeep
    }

    /// Whether the value at `place` fits the node.
    mutating func judge(_ index: Int, _ place: Int) -> Bool {
        var seen: SeenParts?
        return judge(index, place, &seen)
    }

    /// The same, adding to `seen`, if it is set, what the node looked at.
    mutating func judge(_ index: Int, _ place: Int, _ seen: inout SeenParts?) -> Bool {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            isTooDeep = true
            return false
        }
        if nodes[index].isFalse { return false }
        let looksBack = nodes[index].unevaluatedProperties != nil || nodes[index].unevaluatedItems != nil
        guard looksBack, places[place].value.isContainer else { return judgeKeywords(index, place, &seen) }
        var own: SeenParts? = SeenParts()
        guard judgeKeywords(index, place, &own), judgeUnevaluated(index, place, &own) else { return false }
        if let own { seen?.formUnion(own) }
        return true
    }

    /// Judges all keywords but `unevaluatedProperties` and `unevaluatedItems`.
    mutating func judgeKeywords(_ index: Int, _ place: Int, _ seen: inout SeenParts?) -> Bool {
        guard nodes[index].types.allows(places[place].value), judgeValues(index, place) else { return false }
        switch places[place].value {
        case .null, .bool: break
        case .integer, .number:
            guard let number = JSONNumber(places[place].value), brokenKeyword(of: number, index) == nil
            else { return false }
        case .string(let text):
            guard payForPattern(text, index), brokenKeyword(of: text, index) == nil else { return false }
        case .array(let elements):
            guard judgeArray(elements, index, place, &seen) else { return false }
        case .object(let members):
            guard judgeObject(members, index, place, &seen) else { return false }
        }
        return judgeApplicators(index, place, &seen)
    }

    /// Whether `enum` and `const` list the value.
    mutating func judgeValues(_ index: Int, _ place: Int) -> Bool {
        guard let values = nodes[index].values else { return true }
        let value = places[place].value
        guard values.count > 16 else { return values.contains(value) }
        if let set = valueSets[index] { return set.contains(value) }
        let set = Set(values)
        valueSets[index] = set
        return set.contains(value)
    }

    // MARK: Schemas of the same value

    /// The judgement of what a reference leads to, made once a place.
    mutating func judgeTarget(_ target: Int, _ place: Int, _ seen: inout SeenParts?) -> Bool {
        let key = Judgement(node: target, place: place)
        guard seen != nil else {
            if let fits = known[key] { return fits }
            let fits = judge(target, place)
            known[key] = fits
            return fits
        }
        if let (fits, parts) = knownSeen[key] {
            if fits { seen?.formUnion(parts) }
            return fits
        }
        var own: SeenParts? = SeenParts()
        let fits = judge(target, place, &own)
        knownSeen[key] = (fits, own ?? SeenParts())
        if fits, let own { seen?.formUnion(own) }
        return fits
    }

    /// Judges a subschema that may fail, whose looks count only where it doesn't.
    mutating func attempt(_ index: Int, _ place: Int, _ seen: inout SeenParts?) -> Bool {
        guard seen != nil else { return judge(index, place) }
        var own: SeenParts? = SeenParts()
        guard judge(index, place, &own) else { return false }
        if let own { seen?.formUnion(own) }
        return true
    }

    private mutating func judgeApplicators(_ index: Int, _ place: Int, _ seen: inout SeenParts?) -> Bool {
        if let reference = nodes[index].reference, !judgeTarget(reference, place, &seen) { return false }
        for part in nodes[index].allOf {
            guard judge(part, place, &seen) else { return false }
        }
        if !nodes[index].anyOf.isEmpty {
            var fits = false
            for part in nodes[index].anyOf where attempt(part, place, &seen) {
                fits = true
                // Whoever asks what was looked at asks all that fit.
                if seen == nil { break }
            }
            guard fits else { return false }
        }
        if !nodes[index].oneOf.isEmpty {
            var count = 0
            for part in nodes[index].oneOf where attempt(part, place, &seen) {
                count += 1
                guard count == 1 else { return false }
            }
            guard count == 1 else { return false }
        }
        if let not = nodes[index].not, judge(not, place) { return false }
        if let condition = nodes[index].condition {
            let branch = attempt(condition, place, &seen) ? nodes[index].then : nodes[index].else
            if let branch, !judge(branch, place, &seen) { return false }
        }
        if !nodes[index].dependentSchemas.isEmpty, case .object(let members) = places[place].value {
            for dependent in nodes[index].dependentSchemas where members.position(of: dependent.name) != nil {
                guard judge(dependent.node, place, &seen) else { return false }
            }
        }
        return true
    }

    // MARK: Parts

    /// The place of the first member or element of a container.
    mutating func children(of place: Int) -> Int {
        if places[place].children >= 0 { return places[place].children }
        let first = places.count
        places[place].children = first
        switch places[place].value {
        case .array(let elements):
            for element in elements { places.append(Place(value: element)) }
        case .object(let members):
            for member in members { places.append(Place(value: member.value)) }
        default: break
        }
        return first
    }

    private mutating func judgeArray(
        _ elements: [JSONValue], _ index: Int, _ place: Int, _ seen: inout SeenParts?
    ) -> Bool {
        guard brokenKeyword(of: elements, index) == nil else { return false }
        let prefix = min(nodes[index].prefixItems.count, elements.count)
        if prefix > 0 {
            let first = children(of: place)
            for position in 0..<prefix {
                guard judge(nodes[index].prefixItems[position], first + position) else { return false }
            }
            seen?.noteElements(before: prefix)
        }
        if let items = nodes[index].items {
            let first = elements.count > prefix ? children(of: place) : 0
            for position in prefix..<max(prefix, elements.count) {
                guard judge(items, first + position) else { return false }
            }
            seen?.noteElements(before: elements.count)
        }
        if nodes[index].contains != nil {
            let fitting = containedElements(elements.count, index, place)
            guard fitting.count >= nodes[index].minContains, fitting.count <= nodes[index].maxContains ?? .max
            else { return false }
            if nodes[index].countsContainedAsSeen {
                for position in fitting { seen?.note(position) }
            }
        }
        return true
    }

    /// The positions of the elements that fit `contains`.
    mutating func containedElements(_ count: Int, _ index: Int, _ place: Int) -> [Int] {
        guard let contains = nodes[index].contains, count > 0 else { return [] }
        let first = children(of: place)
        var fitting: [Int] = []
        for position in 0..<count where judge(contains, first + position) { fitting.append(position) }
        return fitting
    }

    private mutating func judgeObject(
        _ members: JSONObject, _ index: Int, _ place: Int, _ seen: inout SeenParts?
    ) -> Bool {
        guard brokenKeyword(of: members, index) == nil else { return false }
        guard !members.isEmpty else { return true }
        if let names = nodes[index].propertyNames {
            for member in members {
                guard judge(names, self.place(of: .string(member.key))) else { return false }
            }
        }
        for member in memberNodes(members, index) {
            guard let node = member.node else { return false }
            if node >= 0, !judge(node, children(of: place) + member.position) { return false }
            seen?.note(member.position)
        }
        return true
    }

    /// A place for a value that isn't part of the document, such as a member's name.
    mutating func place(of value: JSONValue) -> Int {
        places.append(Place(value: value))
        return places.count - 1
    }

    /// Which nodes judge which members: those of `properties` in its order, of `patternProperties`, then of
    /// `additionalProperties`. A node of -1 is one that fits anything, `nil` one that nothing fits.
    func memberNodes(_ members: JSONObject, _ index: Int) -> [(position: Int, node: Int?)] {
        var found: [(position: Int, node: Int?)] = []
        let asksOthers = nodes[index].additionalProperties != .unspecified
        var isDescribed = asksOthers ? [Bool](repeating: false, count: members.count) : []
        for property in nodes[index].properties {
            guard let position = members.position(of: property.name) else { continue }
            found.append((position, property.node))
            if asksOthers { isDescribed[position] = true }
        }
        for property in nodes[index].patternProperties {
            for position in 0..<members.count
            where property.pattern.matches(members.member(at: position).key) {
                found.append((position, property.node))
                if asksOthers { isDescribed[position] = true }
            }
        }
        guard asksOthers else { return found }
        let other: Int? =
            switch nodes[index].additionalProperties {
            case .open, .unspecified: -1
            case .closed: nil
            case .schema(let node): node
            }
        for position in 0..<members.count where !isDescribed[position] { found.append((position, other)) }
        return found
    }

    // MARK: What nothing looked at

    private mutating func judgeUnevaluated(_ index: Int, _ place: Int, _ seen: inout SeenParts?) -> Bool {
        for (position, node) in unevaluatedParts(index, place, seen ?? SeenParts()) {
            guard judge(node, children(of: place) + position) else { return false }
            seen?.note(position)
        }
        return true
    }

    /// The parts of a container that `unevaluatedProperties` or `unevaluatedItems` judges.
    func unevaluatedParts(_ index: Int, _ place: Int, _ seen: SeenParts) -> [(position: Int, node: Int)] {
        let (count, node) =
            switch places[place].value {
            case .array(let elements): (elements.count, nodes[index].unevaluatedItems)
            case .object(let members): (members.count, nodes[index].unevaluatedProperties)
            default: (0, nil)
            }
        guard let node else { return [] }
        return (0..<count).filter { !seen.contains($0) }.map { ($0, node) }
    }
}

/// The members or elements of one value that keywords looked at, by their position.
struct SeenParts {
    private var positions: Set<Int> = []
    private var firstElements = 0

    mutating func note(_ position: Int) { positions.insert(position) }
    mutating func noteElements(before count: Int) { firstElements = max(firstElements, count) }

    mutating func formUnion(_ other: SeenParts) {
        positions.formUnion(other.positions)
        firstElements = max(firstElements, other.firstElements)
    }

    func contains(_ position: Int) -> Bool { position < firstElements || positions.contains(position) }
}
