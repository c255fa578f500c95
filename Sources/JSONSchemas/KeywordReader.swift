/// Reads the values of keywords in one subschema.
struct KeywordReader {
    let members: JSONObject
    let pointer: JSONPointer

    func types(_ value: JSONValue) throws(SchemaError) -> JSONSchema.TypeSet {
        let names: [String]
        switch value {
        case .string(let name): names = [name]
        default: names = try self.names(value, of: "type")
        }
        guard !names.isEmpty else { throw failure("type", "must name a type") }
        var types: JSONSchema.TypeSet = []
        for name in names {
            guard let type = JSONSchema.TypeSet.named.first(where: { $0.name == name })?.type else {
                throw failure("type", "names `\(name)`, which isn't a type")
            }
            types.insert(type)
        }
        if types.contains(.number) { types.remove(.integer) }
        return types
    }

    func enumeration(_ value: JSONValue) throws(SchemaError) -> [JSONValue] {
        guard let values = value.arrayValue, !values.isEmpty else {
            throw failure("enum", "must be a list that isn't empty")
        }
        var seen: Set<JSONValue> = []
        return values.filter { seen.insert($0).inserted }
    }

    func count(_ value: JSONValue, of keyword: String) throws(SchemaError) -> Int {
        guard let count = value.intValue, count >= 0 else {
            throw failure(keyword, "must be a whole number of at least 0")
        }
        return count
    }

    func number(_ value: JSONValue, of keyword: String) throws(SchemaError) -> JSONNumber {
        guard let number = JSONNumber(value), number.doubleValue.isFinite else {
            throw failure(keyword, "must be a number")
        }
        return number
    }

    func string(_ value: JSONValue, of keyword: String) throws(SchemaError) -> String {
        guard let text = value.stringValue else { throw failure(keyword, "must be a string") }
        return text
    }

    func object(_ value: JSONValue, of keyword: String) throws(SchemaError) -> JSONObject {
        guard let object = value.objectValue else { throw failure(keyword, "must be an object") }
        return object
    }

    func names(_ value: JSONValue, of keyword: String) throws(SchemaError) -> [String] {
        guard let elements = value.arrayValue else { throw failure(keyword, "must be a list of strings") }
        var names: [String] = []
        for element in elements {
            guard let name = element.stringValue else { throw failure(keyword, "must be a list of strings") }
            if !names.contains(where: { $0.hasSameBytes(as: name) }) { names.append(name) }
        }
        return names
    }

    func pattern(_ value: JSONValue) throws(SchemaError) -> StringPattern {
        let source = try string(value, of: "pattern")
        do {
            return try StringPattern(parsing: source)
        } catch {
            throw failure(
                "pattern", "can't be used: \(error.reason) at character \(error.offset + 1) of `\(source)`")
        }
    }

    /// Where another keyword stands beside `anyOf` or `$ref`, both count; a generator would need their intersection.
    func refuseSiblings(of keyword: String) throws(SchemaError) {
        let allowed: Set<String> = [keyword, "$id", "$defs", "definitions"]
        for other in members.keys
        where !allowed.contains(other) && !SchemaCompiler.annotations.contains(other) {
            throw failure(
                other, "stands beside `\(keyword)`, which isn't supported: move it into each alternative")
        }
    }

    func refuseEmptyRanges(_ node: JSONSchema.Node) throws(SchemaError) {
        if let most = node.maxItems, most < node.minItems {
            throw failure("maxItems", "is \(most), below `minItems`, which is \(node.minItems)")
        }
        if let most = node.maxLength, most < node.minLength {
            throw failure("maxLength", "is \(most), below `minLength`, which is \(node.minLength)")
        }
        if let least = node.minimum, let most = node.maximum, most < least {
            throw failure("maximum", "is \(most), below `minimum`, which is \(least)")
        }
        // An integer must lie between the bounds, not only a number.
        if node.types == .integer, let least = node.minimum?.doubleValue,
            let most = node.maximum?.doubleValue,
            least.rounded(.up) > most.rounded(.down)
        {
            throw failure("maximum", "leaves no whole number above `minimum`")
        }
    }

    private func failure(_ keyword: String, _ reason: String) -> SchemaError {
        SchemaError(keyword: keyword, pointer: pointer, reason: reason)
    }
}
