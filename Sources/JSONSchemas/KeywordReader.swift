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
        guard let values = value.arrayValue else { throw failure("enum", "must be a list") }
        var seen: Set<JSONValue> = []
        seen.reserveCapacity(values.count)
        return values.filter { seen.insert($0).inserted }
    }

    /// A count, at most ``JSONSchema/countLimit``.
    func count(_ value: JSONValue, of keyword: String) throws(SchemaError) -> Int {
        guard let number = JSONNumber(value), number.isInteger, number >= .integer(0) else {
            throw failure(keyword, "must be a whole number of at least 0")
        }
        guard case .integer(let count) = number else { return JSONSchema.countLimit }
        return min(count, JSONSchema.countLimit)
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
        var names = JSONObject()
        for element in elements {
            guard let name = element.stringValue else { throw failure(keyword, "must be a list of strings") }
            _ = names.insertNew(name, .null)
        }
        return names.keys
    }

    func boolean(_ value: JSONValue, of keyword: String) throws(SchemaError) -> Bool {
        guard let flag = value.boolValue else { throw failure(keyword, "must be `true` or `false`") }
        return flag
    }

    func pattern(_ value: JSONValue) throws(SchemaError) -> StringPattern {
        try pattern(try string(value, of: "pattern"), of: "pattern")
    }

    func pattern(_ source: String, of keyword: String) throws(SchemaError) -> StringPattern {
        do {
            return try StringPattern(parsing: source)
        } catch {
            throw failure(
                keyword, "can't be used: \(error.reason) at character \(error.offset + 1) of `\(source)`")
        }
    }

    private func failure(_ keyword: String, _ reason: String) -> SchemaError {
        SchemaError(keyword: keyword, pointer: pointer, reason: reason)
    }
}
