/// The checks of one value alone. They read single members of a node, since a whole one is large to copy.
extension SchemaValidator {
    /// The first keyword about numbers that `number` breaks.
    func brokenKeyword(of number: JSONNumber, _ index: Int) -> SchemaKeyword? {
        if let bound = nodes[index].minimum, number < bound { return .minimum }
        if let bound = nodes[index].maximum, number > bound { return .maximum }
        if let bound = nodes[index].exclusiveMinimum, number <= bound { return .exclusiveMinimum }
        if let bound = nodes[index].exclusiveMaximum, number >= bound { return .exclusiveMaximum }
        if let divisor = nodes[index].multipleOf, !JSONDecimal(number).isMultiple(of: JSONDecimal(divisor)) {
            return .multipleOf
        }
        return nil
    }

    /// Whether the steps left suffice to match the pattern, which are then fewer. Below none there is no judgement.
    mutating func payForPattern(_ text: String, _ index: Int) -> Bool {
        guard let pattern = nodes[index].pattern, patternSteps < .max else { return true }
        patternSteps -= (text.utf8.count + 1) * pattern.stateCount
        return patternSteps >= 0
    }

    /// The first keyword about strings that `text` breaks.
    func brokenKeyword(of text: String, _ index: Int) -> SchemaKeyword? {
        let (least, most) = (nodes[index].minLength, nodes[index].maxLength)
        if least > 0 || most != nil {
            let length = text.unicodeScalars.count
            if length < least { return .minLength }
            if let most, length > most { return .maxLength }
        }
        if let pattern = nodes[index].pattern, !pattern.matches(text) { return .pattern }
        if let format = nodes[index].format, !format.matches(text) { return .format }
        return nil
    }

    /// The first keyword about the elements as a whole that an array breaks.
    func brokenKeyword(of elements: [JSONValue], _ index: Int) -> SchemaKeyword? {
        if elements.count < nodes[index].minItems { return .minItems }
        if let most = nodes[index].maxItems, elements.count > most { return .maxItems }
        if nodes[index].uniqueItems, elements.count > 1 {
            var met: Set<JSONValue> = []
            met.reserveCapacity(elements.count)
            for element in elements where !met.insert(element).inserted { return .uniqueItems }
        }
        return nil
    }

    /// The first keyword about the names of an object's members that it breaks, `propertyNames` apart.
    func brokenKeyword(of members: JSONObject, _ index: Int) -> SchemaKeyword? {
        if members.count < nodes[index].minProperties { return .minProperties }
        if let most = nodes[index].maxProperties, members.count > most { return .maxProperties }
        for name in nodes[index].required where members.position(of: name) == nil { return .required }
        for dependent in nodes[index].dependentRequired where members.position(of: dependent.name) != nil {
            for name in dependent.required where members.position(of: name) == nil { return .dependentRequired }
        }
        return nil
    }
}

extension JSONValue {
    /// Whether the value has members or elements.
    var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}

extension JSONSchema.TypeSet {
    /// Whether a value of `value`'s type is in the set.
    func allows(_ value: JSONValue) -> Bool {
        switch value {
        case .null: contains(.null)
        case .bool: contains(.boolean)
        case .integer: contains(.number) || contains(.integer)
        case .number: contains(.number) || (contains(.integer) && JSONNumber(value)?.isInteger == true)
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }
}
