extension SchemaValidator {
    /// What is wrong with the whole value, which doesn't fit the node.
    mutating func issues(of node: Int) -> [SchemaIssue] {
        var report = SchemaReport(validator: self)
        report.check(node, 0)
        if report.validator.isTooDeep { report.issues.append(Self.depthIssue) }
        return report.issues
    }
}

/// Walks once more through a value that didn't fit, to say every way in which it doesn't.
struct SchemaReport {
    var validator: SchemaValidator
    var issues: [SchemaIssue] = []
    /// The way to the value that is being checked; made into a pointer only for an issue.
    private var path: [String] = []
    private var reported: Set<SchemaValidator.Judgement> = []
    private var depth = 0

    init(validator: SchemaValidator) {
        self.validator = validator
    }

    mutating func check(_ index: Int, _ place: Int) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= SchemaValidator.depthLimit else { return }
        let value = validator.places[place].value
        if validator.nodes[index].isFalse { return report("false", "must not be there") }
        guard validator.judgeValues(index, place) else {
            let values = validator.nodes[index].values ?? []
            return report(values.count == 1 ? "const" : "enum", "isn't \(Self.list(values))")
        }
        let types = validator.nodes[index].types
        guard types.allows(value) else {
            return report("type", "is \(Self.article(value)), not \(Self.list(types))")
        }
        switch value {
        case .null, .bool: break
        case .integer, .number: checkNumber(value, index)
        case .string(let text): checkString(text, index)
        case .array(let elements): checkArray(elements, index, place)
        case .object(let members): checkObject(members, index, place)
        }
        checkApplicators(index, place)
        checkUnevaluated(index, place)
    }

    private mutating func checkApplicators(_ index: Int, _ place: Int) {
        if let reference = validator.nodes[index].reference,
            reported.insert(SchemaValidator.Judgement(node: reference, place: place)).inserted
        {
            check(reference, place)
        }
        for part in validator.nodes[index].allOf { check(part, place) }
        if !validator.nodes[index].anyOf.isEmpty,
            !validator.nodes[index].anyOf.contains(where: { validator.judge($0, place) })
        {
            report("anyOf", "fits none of the \(validator.nodes[index].anyOf.count) alternatives")
        }
        if !validator.nodes[index].oneOf.isEmpty {
            let count = validator.nodes[index].oneOf.filter { validator.judge($0, place) }.count
            if count != 1 {
                report(
                    "oneOf",
                    count == 0
                        ? "fits none of the \(validator.nodes[index].oneOf.count) alternatives"
                        : "fits \(count) of the \(validator.nodes[index].oneOf.count) alternatives, not one only")
            }
        }
        if let not = validator.nodes[index].not, validator.judge(not, place) {
            report("not", "fits what `not` rules out")
        }
        if let condition = validator.nodes[index].condition {
            let branch = validator.judge(condition, place) ? validator.nodes[index].then : validator.nodes[index].else
            if let branch { check(branch, place) }
        }
        if case .object(let members) = validator.places[place].value {
            for dependent in validator.nodes[index].dependentSchemas where members.position(of: dependent.name) != nil {
                check(dependent.node, place)
            }
        }
    }

    private mutating func checkUnevaluated(_ index: Int, _ place: Int) {
        let value = validator.places[place].value
        guard value.isContainer,
            validator.nodes[index].unevaluatedItems != nil || validator.nodes[index].unevaluatedProperties != nil
        else { return }
        // What the other keywords looked at; where one of them is broken, that is said already.
        var seen: SeenParts? = SeenParts()
        guard validator.judgeKeywords(index, place, &seen), let seen else { return }
        for (position, other) in validator.unevaluatedParts(index, place, seen) {
            let token: String
            let keyword: String
            if case .object(let members) = value {
                token = members.member(at: position).key
                keyword = "unevaluatedProperties"
            } else {
                token = String(position)
                keyword = "unevaluatedItems"
            }
            path.append(token)
            if validator.nodes[other].isFalse {
                report(keyword, "isn't a known \(keyword == "unevaluatedItems" ? "element" : "member")")
            } else {
                check(other, validator.children(of: place) + position)
            }
            path.removeLast()
        }
    }

    private mutating func checkNumber(_ value: JSONValue, _ index: Int) {
        let node = validator.nodes[index]
        guard let number = JSONNumber(value) else { return }
        if let minimum = node.minimum, number < minimum { report("minimum", "is below \(minimum)") }
        if let maximum = node.maximum, number > maximum { report("maximum", "is above \(maximum)") }
        if let bound = node.exclusiveMinimum, number <= bound { report("exclusiveMinimum", "isn't above \(bound)") }
        if let bound = node.exclusiveMaximum, number >= bound { report("exclusiveMaximum", "isn't below \(bound)") }
        if let divisor = node.multipleOf, !JSONDecimal(number).isMultiple(of: JSONDecimal(divisor)) {
            report("multipleOf", "isn't a multiple of \(divisor)")
        }
    }

    private mutating func checkString(_ text: String, _ index: Int) {
        let node = validator.nodes[index]
        if node.minLength > 0 || node.maxLength != nil {
            let length = text.unicodeScalars.count
            if length < node.minLength {
                report("minLength", "has \(length) characters, fewer than \(node.minLength)")
            }
            if let most = node.maxLength, length > most {
                report("maxLength", "has \(length) characters, more than \(most)")
            }
        }
        if let pattern = node.pattern, !pattern.matches(text) {
            report("pattern", "doesn't match `\(pattern.source)`")
        }
        if let format = node.format, !format.matches(text) {
            report("format", "doesn't have the form `\(format.name)`")
        }
    }

    private mutating func checkArray(
        _ elements: [JSONValue], _ index: Int, _ place: Int
    ) {
        if elements.count < validator.nodes[index].minItems {
            report("minItems", "has \(elements.count) elements, fewer than \(validator.nodes[index].minItems)")
        }
        if let most = validator.nodes[index].maxItems, elements.count > most {
            report("maxItems", "has \(elements.count) elements, more than \(most)")
        }
        if validator.nodes[index].uniqueItems, validator.brokenKeyword(of: elements, index) == .uniqueItems {
            report("uniqueItems", "has equal elements")
        }
        for position in elements.indices {
            guard
                let child = position < validator.nodes[index].prefixItems.count
                    ? validator.nodes[index].prefixItems[position] : validator.nodes[index].items
            else { break }
            check(child, validator.children(of: place) + position, under: String(position))
        }
        guard validator.nodes[index].contains != nil else { return }
        let count = validator.containedElements(elements.count, index, place).count
        if count < validator.nodes[index].minContains {
            report(
                "contains",
                "has \(count) elements that fit `contains`, fewer than \(validator.nodes[index].minContains)")
        }
        if let most = validator.nodes[index].maxContains, count > most {
            report("maxContains", "has \(count) elements that fit `contains`, more than \(most)")
        }
    }

    private mutating func checkObject(
        _ members: JSONObject, _ index: Int, _ place: Int
    ) {
        if members.count < validator.nodes[index].minProperties {
            report("minProperties", "has \(members.count) members, fewer than \(validator.nodes[index].minProperties)")
        }
        if let most = validator.nodes[index].maxProperties, members.count > most {
            report("maxProperties", "has \(members.count) members, more than \(most)")
        }
        for property in validator.nodes[index].properties {
            if let position = members.position(of: property.name) {
                check(property.node, validator.children(of: place) + position, under: property.name)
            } else if validator.nodes[index].isRequired(property.name) {
                report("required", "lacks `\(property.name)`")
            }
        }
        for name in validator.nodes[index].required
        where members.position(of: name) == nil
            && !validator.nodes[index].properties.contains(where: { $0.name.hasSameBytes(as: name) })
        {
            report("required", "lacks `\(name)`")
        }
        for dependent in validator.nodes[index].dependentRequired where members.position(of: dependent.name) != nil {
            for name in dependent.required where members.position(of: name) == nil {
                report("dependentRequired", "lacks `\(name)`, which `\(dependent.name)` needs")
            }
        }
        for (position, child) in validator.memberNodes(members, index).dropFirst(
            validator.nodes[index].properties.count { members.position(of: $0.name) != nil })
        {
            let key = members.member(at: position).key
            path.append(key)
            if let child {
                if child >= 0 { check(child, validator.children(of: place) + position) }
            } else {
                report("additionalProperties", "isn't a known member")
            }
            path.removeLast()
        }
        guard let names = validator.nodes[index].propertyNames else { return }
        for key in members.keys where !validator.judge(names, validator.place(of: .string(key))) {
            path.append(key)
            report("propertyNames", "has a name that doesn't fit")
            path.removeLast()
        }
    }

    private mutating func check(_ index: Int, _ place: Int, under token: String) {
        path.append(token)
        check(index, place)
        path.removeLast()
    }

    private mutating func report(_ keyword: String, _ message: String) {
        issues.append(SchemaIssue(pointer: JSONPointer(path), keyword: keyword, message: message))
    }

    private static func list(_ values: [JSONValue]) -> String {
        let shown = values.prefix(12).map { "`\($0.serialized())`" }
        let rest = values.count > shown.count ? " or another of \(values.count)" : ""
        return (values.count == 1 ? "" : "one of ") + shown.joined(separator: ", ") + rest
    }

    private static func list(_ types: JSONSchema.TypeSet) -> String {
        types.names.map { "\(["integer", "array", "object"].contains($0) ? "an" : "a") \($0)" }
            .map { $0 == "a null" ? "null" : $0 }
            .joined(separator: " or ")
    }

    private static func article(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
