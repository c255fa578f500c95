extension SchemaCompiler {
    /// Follows every reference, and those in what they lead to.
    mutating func followReferences() throws(SchemaError) {
        while let reference = pending.popLast() {
            let key = ReferenceKey(
                resource: reference.scope.resource, way: reference.scope.way, text: ExactText(reference.text))
            let target: Int
            if let known = targets[key], reference.keyword == .reference {
                target = known
            } else {
                target = try self.target(of: reference)
                if reference.keyword == .reference { targets[key] = target }
            }
            nodes[reference.node].connect(target)
            guard ways.count <= Self.wayLimit else {
                throw failure(reference, "can be come to on more than \(Self.wayLimit) ways, too many to tell apart")
            }
        }
    }

    private mutating func target(of reference: PendingReference) throws(SchemaError) -> Int {
        let text = reference.text
        let resource = resources[reference.scope.resource]
        if reference.keyword == .recursiveReference { try refuseOtherRecursion(reference) }
        if reference.keyword == .dynamicReference, let place = dynamicTarget(of: reference) {
            return try node(at: place, reference)
        }
        if text == "#" { return try node(at: resource.pointer, reference) }
        if text.hasPrefix("#/") {
            return try node(at: try pointer(String(text.dropFirst()), reference), in: resource.pointer, reference)
        }
        let address = URIReference(text).resolved(against: URIReference(resource.address))
        let index = addressIndex()
        guard let place = index.resources[ExactText(address.address)] else {
            if JSONSchema.Draft(metaschema: address.address) != nil {
                throw failure(reference, "names the schema of schemas, `\(text)`, which isn't at hand")
            }
            throw failure(reference, "must be local, such as `#/$defs/item`, not `\(text)`")
        }
        let fragment = address.fragment ?? ""
        if fragment.isEmpty { return try node(at: place.pointer, reference) }
        if fragment.hasPrefix("/") {
            return try node(at: try pointer(fragment, reference), in: place.pointer, reference)
        }
        guard let name = URIReference.decoded(fragment), let anchor = index.anchor(name, of: address.address)
        else { throw failure(reference, "names `\(text)`, which isn't a schema here") }
        return try node(at: anchor, reference)
    }

    private func failure(_ reference: PendingReference, _ reason: String) -> SchemaError {
        SchemaError(
            keyword: reference.keyword.rawValue, pointer: nodes[reference.node].pointer, reason: reason)
    }

    private mutating func addressIndex() -> AddressIndex {
        if let addresses { return addresses }
        let index = AddressIndex(document: document, address: resources[0].address, draft: draft)
        addresses = index
        return index
    }

    private func pointer(_ fragment: String, _ reference: PendingReference) throws(SchemaError) -> JSONPointer {
        if let text = URIReference.decoded(fragment), let pointer = try? JSONPointer(parsing: text) {
            return pointer
        }
        throw failure(reference, "names `\(reference.text)`, which isn't a JSON pointer")
    }

    private mutating func node(
        at inner: JSONPointer, in base: JSONPointer, _ reference: PendingReference
    ) throws(SchemaError) -> Int {
        try node(at: base.tokens.isEmpty ? inner : JSONPointer(base.tokens + inner.tokens), reference)
    }

    /// The node of the schema at `pointer`, compiled now if it wasn't yet.
    private mutating func node(at pointer: JSONPointer, _ reference: PendingReference) throws(SchemaError) -> Int {
        if pointer.tokens.isEmpty, !followsWays { return 0 }
        while indexedCount < nodes.count {
            places[PlaceKey(pointer: nodes[indexedCount].pointer, way: wayOfNode[indexedCount])] = indexedCount
            indexedCount += 1
        }
        if !followsWays, let known = places[PlaceKey(pointer: pointer, way: 0)] { return known }
        guard let (value, outer) = self.value(at: pointer) else {
            throw failure(reference, "names `\(reference.text)`, which isn't a schema here")
        }
        var scope = outer
        if followsWays {
            scope.way = reference.scope.way
            // A schema with an address of its own is entered when it is compiled.
            if value.objectValue.flatMap({ ownAddress(of: $0, in: scope) }) == nil {
                scope.way = way(scope.way, entering: scope.resource)
            }
            if let known = places[PlaceKey(pointer: pointer, way: scope.way)] { return known }
        }
        switch value {
        case .object, .bool: return try compile(value, at: pointer, in: scope)
        default: throw failure(reference, "names `\(reference.text)`, which isn't a schema here")
        }
    }

    /// What stands at `pointer`, and the scope around it.
    private mutating func value(at pointer: JSONPointer) -> (JSONValue, Scope)? {
        var value = document
        var scope = Scope(resource: 0, draft: draft)
        var walked: [String] = []
        for token in pointer.tokens {
            switch value {
            case .object(let members):
                let place = JSONPointer(walked)
                if !walked.isEmpty, let (draft, address) = ownAddress(of: members, in: scope) {
                    guard address.utf8.count <= Self.addressLimit else { return nil }
                    scope = Scope(resource: resource(at: place, address: address), draft: draft)
                }
                guard let member = members[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = JSONPointer.arrayIndex(token), elements.indices.contains(index) else {
                    return nil
                }
                value = elements[index]
            default: return nil
            }
            walked.append(token)
        }
        return (value, scope)
    }

    /// Where a `$dynamicRef` leads: to the outermost schema on the way to it that has the anchor. Nil where it is as good
    /// as a `$ref`.
    private mutating func dynamicTarget(of reference: PendingReference) -> JSONPointer? {
        let base = URIReference(resources[reference.scope.resource].address)
        let address = URIReference(reference.text).resolved(against: base)
        let index = addressIndex()
        guard let name = address.fragment, index.hasDynamicAnchor(name, address.address),
            index.dynamicAnchors[ExactText(name), default: 0] > 1
        else { return nil }
        guard followsWays else {
            needsWays = true
            return nil
        }
        for resource in ways[reference.scope.way] {
            let address = resources[resource].address
            if index.hasDynamicAnchor(name, address) { return index.anchor(name, of: address) }
        }
        return nil
    }

    /// The scope around the document.
    var rootScope: Scope {
        mutating get {
            var scope = Scope(resource: 0, draft: draft)
            if followsWays, document.objectValue.flatMap({ ownAddress(of: $0, in: scope) }) == nil {
                scope.way = way(0, entering: 0)
            }
            return scope
        }
    }

    /// The way that goes on into a resource.
    mutating func way(_ way: Int, entering resource: Int) -> Int {
        guard followsWays, !ways[way].contains(resource) else { return way }
        let index = addressIndex()
        guard
            index.dynamicPlaces[ExactText(resources[resource].address)]?.contains(where: {
                index.dynamicAnchors[$0, default: 0] > 1
            })
                == true,
            // One more than may be: `followReferences` refuses them.
            ways.count <= Self.wayLimit
        else { return way }
        let longer = ways[way] + [resource]
        if let known = ways.firstIndex(of: longer) { return known }
        ways.append(longer)
        return ways.count - 1
    }

    private mutating func refuseOtherRecursion(_ reference: PendingReference) throws(SchemaError) {
        let index = addressIndex()
        guard reference.text == "#" else { throw failure(reference, "must be `#`") }
        guard index.resources.count == 1 || !index.hasRecursiveAnchor else {
            throw failure(reference, "may mean several schemas with `$recursiveAnchor`, which is not supported")
        }
    }
}

extension JSONSchema.Node {
    /// Adds the target of a reference; a second one beside it, such as `$dynamicRef`, is one more schema that fits.
    fileprivate mutating func connect(_ target: Int) {
        if reference == nil {
            reference = target
        } else {
            allOf.append(target)
        }
    }

    /// The nodes that judge the same value as this one.
    func forEachInPlace(_ body: (Int) -> Void) {
        if let reference { body(reference) }
        allOf.forEach(body)
        anyOf.forEach(body)
        oneOf.forEach(body)
        if let not { body(not) }
        if let condition { body(condition) }
        if let then { body(then) }
        if let `else` { body(`else`) }
        for property in dependentSchemas { body(property.node) }
    }
}

extension SchemaCompiler {
    /// The longest way through nodes that judge the same value; each is a few frames of the validator's stack.
    private static let chainLimit = 500

    /// A reference that comes back to itself while the value stays the same describes nothing.
    func refuseEmptyCycles() throws(SchemaError) {
        enum Mark { case new, open, done }
        var marks = [Mark](repeating: .new, count: nodes.count)
        var lengths = [Int](repeating: 0, count: nodes.count)
        // Without a reference a schema is a tree.
        for start in nodes.indices where marks[start] == .new && nodes[start].reference != nil {
            var stack: [(node: Int, targets: [Int], next: Int)] = []
            func push(_ node: Int) {
                var targets: [Int] = []
                nodes[node].forEachInPlace { targets.append($0) }
                marks[node] = .open
                stack.append((node, targets, 0))
            }
            push(start)
            while let (node, targets, next) = stack.last {
                guard next < targets.count else {
                    marks[node] = .done
                    lengths[node] = (targets.map { lengths[$0] }.max() ?? 0) + 1
                    guard lengths[node] <= Self.chainLimit else {
                        throw SchemaError(
                            keyword: "$ref", pointer: nodes[node].pointer,
                            reason: "leads through more than \(Self.chainLimit) schemas for one value")
                    }
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                switch marks[targets[next]] {
                case .open:
                    throw SchemaError(
                        keyword: nodes[node].reference == nil ? nil : "$ref", pointer: nodes[node].pointer,
                        reason: "leads back to itself with nothing between")
                case .new: push(targets[next])
                case .done: break
                }
            }
        }
    }
}
